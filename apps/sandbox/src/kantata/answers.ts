import { randomUUID } from 'node:crypto';
import type { VendorAnswer } from '../kit/index.js';

/**
 * One entry of Kantata's error body. `field` and `index` only on validation; `index` is the place
 * in a bulk array, 0 for one object.
 */
export interface KantataFault {
  type: 'oauth' | 'system' | 'validation';
  message: string;
  field?: string;
  index?: number;
}

/** Thrown inside the transaction, so that nothing of the request remains. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly faults: KantataFault[],
  ) {
    super(faults.map(fault => fault.message).join('; '));
  }
}

// The texts of 400, 403, 404 and 503 are free: the sheet knows only their type.
export const badRequest = (message: string) => new Refusal(400, [{ type: 'system', message }]);
export const notFound = (what: string) => new Refusal(404, [{ type: 'system', message: `${what} can't be found` }]);
export const unprocessable = (...faults: Omit<KantataFault, 'type'>[]) =>
  new Refusal(
    422,
    faults.map(fault => ({ type: 'validation', ...fault })),
  );

/** Every answer carries `x-request-id`, also the refusals. */
export function answer(status: number, body?: unknown): VendorAnswer {
  return { status, headers: { 'x-request-id': randomUUID() }, body };
}

export const refused = ({ status, faults }: Refusal): VendorAnswer => answer(status, { errors: faults });
export const unauthenticated = (): VendorAnswer => answer(401, { errors: [{ type: 'oauth', message: 'Invalid OAuth 2 Request' }] });
