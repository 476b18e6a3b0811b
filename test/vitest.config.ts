import { resolve } from 'node:path';
import { defineConfig } from 'vitest/config';

// The heavy suites: the whole platform as processes of its own. One file at a time: each has a house to itself and two cores are not many.
export default defineConfig({
  root: resolve(import.meta.dirname, '..'),
  ssr: { resolve: { conditions: ['source'] } },
  test: {
    include: ['test/{journeys,faults}/**/*.e2e.ts'],
    globalSetup: ['libs/testing/src/global-setup.ts'],
    environment: 'node',
    pool: 'forks',
    fileParallelism: false,
    testTimeout: 180_000,
    hookTimeout: 180_000,
  },
});
