import type { ViteUserConfig } from 'vitest/config'

/** Tests of what is published; they want a fresh `npm run build`. */
const config: ViteUserConfig = {
  test: { include: ['test/package/**/*.test.ts'], testTimeout: 120_000, hookTimeout: 120_000, fileParallelism: false },
}

export default config
