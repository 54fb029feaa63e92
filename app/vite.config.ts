import { svelte } from '@sveltejs/vite-plugin-svelte'
import { defineConfig } from 'vite'

/** The page. Both hosts serve the same build. */
export default defineConfig({
  root: 'src/ui',
  base: './',
  plugins: [svelte({ configFile: '../../svelte.config.js' })],
  build: {
    outDir: '../../dist/ui',
    emptyOutDir: true,
    // Electron 25 is Chromium 114.
    target: ['chrome114', 'firefox115', 'safari16.4'],
    // The CSP allows no data: modules, and small files are better cached.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
})
