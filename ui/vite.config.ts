import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  plugins: [svelte()],
  clearScreen: false,
  server: { port: 5173, strictPort: true },
  // WebKitGTK 2.40, Safari 16.4 and WebView2 107 are the oldest web views Tauri 2 meets.
  build: { target: ['safari16.4', 'chrome107'], sourcemap: false, chunkSizeWarningLimit: 1200 },
  // Without it vitest takes Svelte's server build, which cannot mount a component.
  resolve: process.env.VITEST ? { conditions: ['browser'] } : {},
  test: {
    environment: 'happy-dom',
    include: ['src/**/*.test.ts'],
    setupFiles: ['./test/setup.ts'],
    // One page for all files of a worker, which `cleanup` empties: half the time on two cores.
    isolate: false,
    // Nothing here takes a second by itself; a machine that is busy with other things may make it many.
    testTimeout: 20_000,
  },
});
