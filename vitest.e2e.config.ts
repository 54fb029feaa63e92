import type { ViteUserConfig } from 'vitest/config'

/** The built app in a real Electron and a real Chromium, one test at a time: `npm run test:e2e [file]`. */
const config: ViteUserConfig = {
  test: {
    include: ['test/e2e/**/*.test.ts'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    teardownTimeout: 30_000,
    fileParallelism: false,
    maxWorkers: 1,
  },
}

export default config
