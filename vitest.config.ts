import type { ViteUserConfig } from 'vitest/config'

/** Unit, property and type tests: `npx vitest run [file]`. Package and end-to-end tests have a config of their own. */
const config: ViteUserConfig = {
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts', 'app/**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**', 'test/e2e/**', 'test/package/**'],
    // A machine may be busy: that fails no test.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    typecheck: {
      enabled: true,
      ignoreSourceErrors: true, // 'npm run typecheck' reports those
      tsconfig: './tsconfig.json',
      include: ['src/**/*.test-d.ts', 'test/**/*.test-d.ts'],
    },
    coverage: {
      include: ['src/**/*.ts'],
      // production.ts is one constant, which only bundles for production get: test/package/size.test.ts makes one.
      exclude: ['**/*.test.ts', '**/*.test-d.ts', '**/test-support/**', 'src/document/production.ts'],
      reporter: [['text', { skipFull: true }]],
      // What keeps the promises has no line that no test has run.
      thresholds: { 'src/{document,protocol,source,replica}/**/*.ts': { 100: true } },
    },
  },
}

export default config
