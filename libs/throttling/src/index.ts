export { SkipThrottle } from '@nestjs/throttler';
export * from './client-throttler.guard.js';
export * from './throttling.module.js';
export * from './window.storage.js';
