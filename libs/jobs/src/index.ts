export { type Job, JobLoop, type Next } from './job-loop.js';
export { type Pace, SlowLook } from './pace.js';
