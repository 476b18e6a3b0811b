import { createApp } from '#service';
import { runWorker } from '../../apps/platform/src/worker/run-worker.js';
import { madeUp } from './made-up.vendor.js';

// The platform's worker, with a PSA that the product knows nothing of.
runWorker((def, o) => createApp(def, def.name === 'psa' ? { ...o, vendors: [madeUp] } : o));
