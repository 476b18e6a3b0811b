import { setTimeout as sleep } from 'node:timers/promises';
import type { Batch, BatchState } from './batch.js';
import type { BatchWriter } from './batch-writer.js';
import type { things } from './tiny-client.fixture.js';
import type { Thing } from './tiny-vendor.fixture.js';

type SentThings = Thing[];
export interface TinyOutcome {
  ref: string;
  result: 'made' | 'refused' | 'gone';
  times?: number;
  why?: string;
}
export type TinyBatch = Batch<SentThings, string, TinyOutcome>;

/**
 * A batch of things at a vendor that knows no request again and keeps no reference once, so that whatever is sent twice is there twice.
 * Their `parent` is the batch's id.
 */
export function tinyBatch(client: ReturnType<typeof things>, id: string, refs: string[], over: Partial<TinyBatch> = {}): TinyBatch {
  const shown = async () => (await client.list({ parent: id })).filter(({ archived }) => !archived);
  const has = (seen: SentThings, ref: string) => seen.filter(thing => thing.ref === ref).length;
  return {
    id,
    hash: refs.join(),
    legalEntities: ['LF-UK'],
    pace: 'thing',
    means: { takes: 'lines' },
    keys: refs,
    submit: async keys => {
      await client.create(keys.filter(ref => !ref.startsWith('bad')).map(ref => ({ ref, parent: id })));
      return { job: `job of ${id}` };
    },
    follow: async () => ({ state: (await client.list({ ref: 'a job is asked about' })).length === 0 ? 'ended' : 'under-way' }),
    look: shown,
    asWanted: seen => refs.every(ref => has(seen, ref) > 0),
    showsItself: true,
    leftOver: seen => refs.filter(ref => has(seen, ref) === 0),
    writeOne: async ref => {
      if (ref.startsWith('bad')) return `${ref} is bad`;
      await client.create([{ ref, parent: id }]);
      return null;
    },
    outcomes: (seen, refusals) =>
      refs.map(ref => (has(seen, ref) > 0 ? { ref, result: 'made', times: has(seen, ref) } : { ref, result: 'refused', why: refusals.get(ref) })),
    ...over,
  };
}

/** The same batch taken out again, one by one within its one submission. */
export function tinyRemoval(client: ReturnType<typeof things>, id: string, of: string, refs: string[]): TinyBatch {
  const shown = async () => (await client.list({ parent: of })).filter(({ archived }) => !archived);
  return tinyBatch(client, id, refs, {
    submit: async () => {
      for (const thing of await shown()) await client.archive(thing.id);
      return { job: `job of ${id}` };
    },
    look: shown,
    asWanted: seen => seen.length === 0,
    showsItself: false,
    leftOver: seen => seen.map(({ ref }) => ref),
    outcomes: seen => refs.map(ref => ({ ref, result: seen.some(thing => thing.ref === ref) ? 'refused' : 'gone' })),
  });
}

/** Asks until it is done, as callers do. */
export async function untilDone(writer: BatchWriter, batch: TinyBatch, limitMs = 20_000): Promise<BatchState<TinyOutcome> & { state: 'done' }> {
  const giveUpAt = performance.now() + limitMs;
  for (;;) {
    const state = await writer.put(batch, 5_000);
    if (state.state === 'done') return state;
    if (performance.now() > giveUpAt) throw new Error(`still waits for ${state.waitsFor}`);
    await sleep(Math.min(state.retryAfterMs, 500));
  }
}
