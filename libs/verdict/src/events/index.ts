export { compareEvents } from './compare-events.js';
