import { resolve } from 'node:path';
import { defineConfig } from 'vitest/config';

// As npm start does: the processes that a house starts again and again compile what they load once.
process.env.NODE_COMPILE_CACHE ??= resolve(import.meta.dirname, '../node_modules/.cache/throughline');

// The heavy suites: the whole platform as processes of its own. One file at a time: each has a house to itself and two cores are not many.
export default defineConfig({
  root: resolve(import.meta.dirname, '..'),
  ssr: { resolve: { conditions: ['source'] } },
  // The global set-up runs in Vitest's own environment; without this it would want a built tree.
  environments: { __vitest__: { resolve: { conditions: ['source'] } } },
  // Node gives Nest and Apollo this build of graphql; Vite alone would take the package's other one, and the two refuse each other's types.
  resolve: { alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] },
  test: {
    include: ['test/{journeys,faults,upgrade}/**/*.e2e.ts', 'test/bench/**/*.bench.ts'],
    globalSetup: ['libs/testing/src/global-setup.ts'],
    environment: 'node',
    pool: 'forks',
    fileParallelism: false,
    testTimeout: 180_000,
    hookTimeout: 180_000,
  },
});
