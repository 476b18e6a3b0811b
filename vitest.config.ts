import { defineConfig } from 'vitest/config';

// Specs sit beside the code they test; the journeys, faults and benches under test/ have commands of their own.
export default defineConfig({
  ssr: { resolve: { conditions: ['source'] } },
  test: {
    include: ['{apps,libs}/**/*.spec.ts'],
    globalSetup: ['libs/testing/src/global-setup.ts'],
    environment: 'node',
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
