export { JobLease, THIS_PROCESS } from './job-lease.js';
export { type Job, JobLoop, type Next } from './job-loop.js';
export { LoopProvider } from './loop-provider.js';
export { type Pace, SlowLook } from './pace.js';
