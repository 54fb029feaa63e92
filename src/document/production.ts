/** Stands in for development.ts in bundles for production, by the package's `imports`. */
export const development = false
