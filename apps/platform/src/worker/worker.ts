import { createApp } from '#service';
import { runWorker } from './run-worker.js';

export type { FromWorker, ToWorker } from './run-worker.js';

runWorker(createApp);
