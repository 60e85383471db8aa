import { resolve } from 'node:path';
import { defineConfig } from 'vitest/config';

// Names are stable and URLs relative: the same files are served under /services/trailbook/static/ and
// /user/NAME/trailbook/static/, and pages written in Python name them.
export default defineConfig({
  base: './',
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2022',
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 600,
    rollupOptions: {
      input: {
        class: resolve(import.meta.dirname, 'src/class/main.ts'),
        home: resolve(import.meta.dirname, 'src/home/main.ts'),
        lesson: resolve(import.meta.dirname, 'src/lesson/main.ts'),
        tokens: resolve(import.meta.dirname, 'src/styles/tokens.css'),
      },
      output: {
        entryFileNames: '[name].js',
        chunkFileNames: 'chunks/[name].js',
        assetFileNames: (asset) => {
          const name = asset.names[0] ?? '';
          if (/\.(woff2?|ttf)$/.test(name)) return 'fonts/[name][extname]';
          return /^(class|home|lesson|tokens)\.css$/.test(name) ? '[name][extname]' : 'chunks/[name][extname]';
        },
      },
    },
  },
  test: { environment: 'jsdom', include: ['tests/**/*.test.ts'] },
});
