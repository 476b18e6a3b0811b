import { clockMs, clockNow } from '../kit/index.js';

/** The day on the account's clock, in UTC. */
export const today = (): string => clockNow().toISOString().slice(0, 10);

let second = 0;
let text = '';

/** In the account's precision for stamps: seconds. */
export function now(): string {
  const current = Math.floor(clockMs() / 1000);
  if (current !== second) {
    second = current;
    text = new Date(current * 1000).toISOString().replace('.000Z', 'Z');
  }
  return text;
}
