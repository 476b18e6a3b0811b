import { resolve } from 'node:path';
import { defineConfig } from 'vitest/config';

// As npm start does: the processes that specs start compile what they load once for the whole run.
process.env.NODE_COMPILE_CACHE ??= resolve(import.meta.dirname, 'node_modules/.cache/throughline');

// Specs sit beside the code they test; the journeys, faults and benches under test/ have commands of their own.
export default defineConfig({
  ssr: { resolve: { conditions: ['source'] } },
  // The global set-up runs in Vitest's own environment; without this it would want a built tree.
  environments: { __vitest__: { resolve: { conditions: ['source'] } } },
  // Node gives Nest and Apollo this build of graphql; Vite alone would take the package's other one, and the two refuse each other's types.
  resolve: { alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] },
  test: {
    include: ['{apps,libs,openapi,test}/**/*.spec.ts'],
    globalSetup: ['libs/testing/src/global-setup.ts'],
    setupFiles: ['libs/testing/src/own-environment.ts'],
    environment: 'node',
    pool: 'forks',
    // Loading Nest, TypeORM and Apollo anew for each file took a third of the processor's time. Files share a worker one after the other, as apps share the process of npm start.
    isolate: false,
    // More than a small machine has cores: specs mostly wait, for leases, settling times and processes.
    maxWorkers: 3,
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
