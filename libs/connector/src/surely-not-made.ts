import { Problem } from '#canonical';

const REFUSALS: ReadonlySet<string> = new Set([
  'invalid',
  'unauthenticated',
  'forbidden',
  'not-found',
  'conflict',
  'precondition-failed',
  'unprocessable',
  'unsupported',
  'rate-limited',
  'refused-by-vendor',
]);

/** For work that doesn't go through a Connector: what its problem says. */
export const surelyNotMade = (error: unknown): boolean =>
  error instanceof Problem &&
  (error.code === 'not-made' || error.code === 'lease-lost' || (REFUSALS.has(error.kind) && error.code !== 'outcome-unknown'));
