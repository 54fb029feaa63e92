/**
 * Whether this is a development build; a page without a bundler counts as one, where a mistake should throw. Bundlers that
 * know the condition `production` (Vite and webpack set it by themselves) get production.ts instead, and leave out what
 * is for development; others replace the expression below.
 */
export const development: boolean = (() => {
  try {
    return process.env.NODE_ENV !== 'production'
  } catch {
    return true
  }
})()

declare const process: { readonly env: { readonly NODE_ENV?: string } }
