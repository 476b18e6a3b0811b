import { randomUUID } from 'node:crypto';

const TRACEPARENT = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;

/** 32 hex digits, of which 122 bits are random, the last 62 all of them. Node makes UUIDs from random bytes that it keeps ready. */
const randomDigits = (): string => randomUUID().replaceAll('-', '');

/**
 * This hop's span: within the caller's trace if the caller sent a valid W3C `traceparent`,
 * otherwise the first span of a new trace.
 */
export function spanWithin(incoming: string | undefined): string {
  const match = TRACEPARENT.exec(incoming ?? '');
  const known = match && match[1] !== 'ff' && !/^0+$/.test(match[2]) && !/^0+$/.test(match[3]);
  const trace = known ? match[2] : randomDigits();
  const flags = known ? match[4] : '01';
  return `00-${trace}-${randomDigits().slice(16)}-${flags}`;
}

/** The trace id of a traceparent, for logs. */
export const traceIdOf = (traceparent: string | undefined): string | undefined => traceparent?.split('-')[1];
