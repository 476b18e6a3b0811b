import { randomBytes } from 'node:crypto';

const TRACEPARENT = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;

/**
 * This hop's span: within the caller's trace if the caller sent a valid W3C `traceparent`,
 * otherwise the first span of a new trace.
 */
export function spanWithin(incoming: string | undefined): string {
  const match = TRACEPARENT.exec(incoming ?? '');
  const known = match && match[1] !== 'ff' && !/^0+$/.test(match[2]) && !/^0+$/.test(match[3]);
  const trace = known ? match[2] : randomBytes(16).toString('hex');
  const flags = known ? match[4] : '01';
  return `00-${trace}-${randomBytes(8).toString('hex')}-${flags}`;
}

/** The trace id of a traceparent, for logs. */
export const traceIdOf = (traceparent: string | undefined): string | undefined => traceparent?.split('-')[1];
