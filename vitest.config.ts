import { defineConfig } from 'vitest/config';

// Specs sit beside the code they test; the journeys, faults and benches under test/ have commands of their own.
export default defineConfig({
  ssr: { resolve: { conditions: ['source'] } },
  // The global set-up runs in Vitest's own environment; without this it would want a built tree.
  environments: { __vitest__: { resolve: { conditions: ['source'] } } },
  // Node gives Nest and Apollo this build of graphql; Vite alone would take the package's other one, and the two refuse each other's types.
  resolve: { alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] },
  test: {
    include: ['{apps,libs,test}/**/*.spec.ts'],
    globalSetup: ['libs/testing/src/global-setup.ts'],
    environment: 'node',
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
