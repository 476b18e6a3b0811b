import { AsyncLocalStorage } from 'node:async_hooks';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { QueryRunner } from './database.js';

/**
 * What Postgres' protocol needs to cancel a statement; the driver stores it for every connection.
 */
export interface PgClient {
  host: string;
  port: number;
  processID: number;
  secretKey: number;
}

const CANCEL_REQUEST = 80_877_102;
const CANCEL_REQUEST_BYTES = 16;
// Postgres closes the connection at once; a server that can't be reached within this is not waited
// for.
const GIVE_UP_AFTER_MS = 5_000;
const CANCEL_AGAIN_MS = 250;

/**
 * Cancels the statement that this connection is running; does nothing when it runs none. It sends
 * the protocol's own request on a separate connection, so it needs no place in the pool, which may
 * be full of statements to cancel. Resolves once Postgres has passed it on, and never rejects: a
 * statement that can't be cancelled still ends by its own timeout. End the transaction before the
 * connection is used for anything else, so that a late cancel can hit nothing else.
 */
export const cancel = async (runner: QueryRunner): Promise<void> => cancelOn((await runner.connect()) as PgClient);

async function cancelOn({ host, port, processID, secretKey }: PgClient): Promise<void> {
  const request = Buffer.alloc(CANCEL_REQUEST_BYTES);
  [CANCEL_REQUEST_BYTES, CANCEL_REQUEST, processID, secretKey].forEach((word, index) => request.writeInt32BE(word, index * 4));
  await new Promise<void>(resolve => {
    const socket = host.startsWith('/') ? connect(`${host}/.s.PGSQL.${port}`) : connect(port, host);
    socket.setTimeout(GIVE_UP_AFTER_MS, () => socket.destroy());
    socket.on('error', () => socket.destroy());
    socket.on('close', () => resolve());
    // Postgres answers by closing; without a reader its end would not be noticed.
    socket.resume().write(request);
  });
}

/**
 * Runs statements of this connection while a caller waits for them: `signal` cancels the running
 * one and prevents further ones. Then it rejects with the signal's reason.
 */
export const whileWanted = <T>(signal: AbortSignal, runner: QueryRunner, work: () => Promise<T>): Promise<T> =>
  untilAborted(signal, () => cancel(runner), work);

async function untilAborted<T>(signal: AbortSignal, cancelIt: () => Promise<void>, work: () => Promise<T>): Promise<T> {
  signal.throwIfAborted();
  let cancelling: { ended: AbortController; sent: Promise<void> } | undefined;
  const stop = (): void => {
    const ended = new AbortController();
    cancelling = { ended, sent: untilEnded(ended.signal, cancelIt) };
  };
  signal.addEventListener('abort', stop, { once: true });
  try {
    return await work();
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    signal.removeEventListener('abort', stop);
    // An abort makes an error with its stack: not for the many statements that nobody cancelled.
    cancelling?.ended.abort();
    await cancelling?.sent;
  }
}

/**
 * A cancel that reaches Postgres before its statement does has no effect: it is sent again until
 * the work has ended.
 */
async function untilEnded(ended: AbortSignal, cancelIt: () => Promise<void>): Promise<void> {
  while (!ended.aborted) {
    await cancelIt();
    await sleep(CANCEL_AGAIN_MS, undefined, { signal: ended }).catch(() => undefined);
  }
}

const signals = new AsyncLocalStorage<AbortSignal | undefined>();

/**
 * Runs `work`, and what it starts, while a caller waits for it: when `signal` aborts, its statement
 * is cancelled and no other is sent.
 */
export const whileWaitedFor = <T>(signal: AbortSignal | undefined, work: () => T): T => signals.run(signal, work);

/** Sends a statement of this connection under the signal of the current work. */
export function underSignal<T>(client: PgClient, send: () => Promise<T>): Promise<T> {
  const signal = signals.getStore();
  return signal ? untilAborted(signal, () => cancelOn(client), send) : send();
}
