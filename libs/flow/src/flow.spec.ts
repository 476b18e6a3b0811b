import { randomUUID } from 'node:crypto';
import { Injectable, Module } from '@nestjs/common';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { defineApi, type CanonicalEvent, type EventData, type RecordedEvent } from '#apis';
import { Problem, type ExceptionRecord } from '#canonical';
import { EventLog, EventsModule, eventsMigrations } from '#events';
import { ExceptionDesk, ExceptionsModule, exceptionsMigrations } from '#exceptions';
import { Database, DatabaseModule, inTransaction } from '#persistence';
import { serviceMigrations, type AppDefinition } from '#service';
import {
  aDeclaration,
  eventually,
  transactionsAtRest,
  testApp,
  testDatabase,
  testIssuer,
  type TestApp,
  type TestDatabase,
  type TestIssuer,
} from '#testing';
import { exceptionIdOf, Lanes } from './lanes.js';
import {
  FlowConfig,
  flowMigrations,
  FlowModule,
  Refused,
  type FailedStep,
  type Finish,
  type Flow,
  type FlowException,
  type FlowRun,
} from './index.js';

type Mapped = EventData['mapping.changed.v1'];

const ROBIN = { kind: 'person' as const, id: 'person-robin', name: 'Robin' };

/** What the outside did, in order; and what it refuses. */
const outside = {
  effects: [] as string[],
  refuse: new Set<string>(),
  unavailable: new Map<string, number>(),
  slow: new Map<string, Promise<void>>(),
};

@Injectable()
class Posting implements Flow<'mapping.changed.v1'> {
  readonly types: 'mapping.changed.v1'[] = ['mapping.changed.v1'];
  readonly clockMs = 1_000;

  constructor(readonly dataSource: Database) {}

  keyOf(event: RecordedEvent<'mapping.changed.v1'>): string | null {
    return event.data.kind === 'ignored' ? null : event.key;
  }

  async run(run: FlowRun): Promise<Finish> {
    const { source } = run.event.data as Mapped;
    await run.step('post', async () => {
      await outside.slow.get(source);
      const busy = outside.unavailable.get(source) ?? 0;
      if (busy > 0) {
        outside.unavailable.set(source, busy - 1);
        throw new Problem('vendor-unavailable', 'away', { code: 'not-made' });
      }
      if (outside.refuse.has(source)) {
        throw new Refused([
          {
            reason: { code: 'journey.stalled', params: { deal: source } },
            category: 'validation',
            desk: 'finance',
            need: `spec:${source.split('/')[0]}`,
          },
        ]);
      }
      outside.effects.push(source);
      return { posted: true };
    });
    return {};
  }

  async exceptionFor(event: RecordedEvent, failure: FailedStep | 'stalled'): Promise<FlowException> {
    const faults = failure === 'stalled' ? [] : (failure.problem.faults ?? []);
    return {
      reasons: faults.map(fault => fault.reason),
      category: failure === 'stalled' ? 'stalled' : 'validation',
      desk: 'finance',
      keys: { key: event.key },
      refs: [],
      needs: faults.map(({ need, desk, reason }) => ({ need, desk, cure: reason })),
      money: [],
      dueAt: '2026-12-01T00:00:00Z',
      effect: 'none',
      legalEntities: [],
    };
  }
}

@Module({
  imports: [
    DatabaseModule.forApp({ name: 'spec', migrations: [...serviceMigrations, ...eventsMigrations, ...exceptionsMigrations, ...flowMigrations] }),
    EventsModule,
    ExceptionsModule,
    FlowModule.forApp({ app: 'spec', flows: { posting: Posting } }),
  ],
  providers: [Posting],
})
class SpecModule {}

const specApp: AppDefinition = {
  name: 'spec',
  prefix: '/process/spec',
  module: SpecModule,
  title: 'Spec',
  description: 'Runs one flow.',
  apis: [defineApi(aDeclaration({ app: 'spec', layer: 'process' }), {})],
  config: [FlowConfig],
};

/** How often the queue is looked at without a signal. */
const LOOK_MS = 8_000;
/** Sooner than any look without a signal could be counted on. */
const BY_SIGNAL = { withinMs: 6_000 };

let database: TestDatabase;
let issuer: TestIssuer;
let app: TestApp;
let desk: ExceptionDesk;

beforeAll(async () => {
  database = await testDatabase();
  issuer = await testIssuer();
  app = await testApp(specApp, { env: { FLOW_PATIENCE_MS: '3000', FLOW_DRAIN_MS: '500', FLOW_CONCURRENCY: '5', FLOW_LOOK_MS: String(LOOK_MS) } });
  desk = app.app.get(ExceptionDesk);
});
afterAll(async () => {
  await app?.close();
  await issuer?.close();
  await database?.close();
});

const log = new EventLog();
const append = (key: string, ...sources: string[]) =>
  inTransaction(database.dataSource, em =>
    log.append(
      em,
      sources.map((source): CanonicalEvent => ({
        id: randomUUID(),
        source: '/spec',
        type: 'mapping.changed.v1',
        key,
        time: new Date().toISOString(),
        data: { kind: 'role', source, target: 'x' },
        legalEntities: [],
        correlationId: `c-${key}`,
      })),
    ),
  );
const effectsOf = (prefix: string) => outside.effects.filter(effect => effect.startsWith(prefix));
const exceptionOf = (key: string, seq = 1): Promise<ExceptionRecord | undefined> =>
  desk.find(database.dataSource.manager, exceptionIdOf({ subscription: 'spec.posting', key, seq }));
const opened = (key: string, seq = 1) =>
  eventually(async () => {
    const found = await exceptionOf(key, seq);
    expect(found?.state).toBe('open');
    return found!;
  });
const act = (id: string, action: 'retry' | 'skip') => inTransaction(database.dataSource, em => desk.act(em, id, action, ROBIN, 'because'));

describe('the queue of flows', () => {
  /** A turn of an event that the flow's own reader leaves alone; `lost` keeps the signal from being sent. */
  const start = (source: string, { lost = false } = {}) =>
    inTransaction(database.dataSource, async em => {
      const [event] = await log.append(em, [
        {
          id: randomUUID(),
          source: '/spec',
          type: 'mapping.changed.v1',
          key: source,
          time: new Date().toISOString(),
          data: { kind: 'ignored', source, target: 'x' },
          legalEntities: [],
          correlationId: `c-${source}`,
        },
      ]);
      const deaf = {
        queryRunner: em.queryRunner,
        query: (text: string, values: unknown[]) => (text.includes('pg_notify') ? Promise.resolve([]) : em.query(text, values)),
      };
      await app.app.get(Lanes).add((lost ? deaf : em) as typeof em, 'spec.posting', source, event);
    });

  it('wakes the process that runs the flow, whichever process started it', async () => {
    await start('elsewhere/1');
    await eventually(() => expect(effectsOf('elsewhere/')).toEqual(['elsewhere/1']), BY_SIGNAL);
  });

  it('finds by a slow look what no signal announced', async () => {
    await start('unheard/1', { lost: true });
    await eventually(() => expect(effectsOf('unheard/')).toEqual(['unheard/1']), { withinMs: 2 * LOOK_MS });
  });

  it('is worked off at once when there is more than may run together', async () => {
    await Promise.all(Array.from({ length: 24 }, (_, n) => append(`many-${n}`, `many/${n}`)));
    await eventually(() => expect(effectsOf('many/')).toHaveLength(24), BY_SIGNAL);
  });

  it('costs next to nothing while it is empty', async () => {
    const transactions = await transactionsAtRest(database.dataSource, 6_000, 70);
    console.info(`${transactions} transactions in 6 idle seconds`);
    expect(transactions).toBeLessThan(70);
  });
});

describe('a lane', () => {
  it('runs the events of a key one after the other, and those of other keys beside them', async () => {
    await Promise.all(['a', 'b', 'c'].map(key => append(key, `${key}/1`, `${key}/2`, `${key}/3`)));
    await eventually(() => expect(effectsOf('a/').length + effectsOf('b/').length + effectsOf('c/').length).toBe(9));
    for (const key of ['a', 'b', 'c']) expect(effectsOf(`${key}/`)).toEqual([`${key}/1`, `${key}/2`, `${key}/3`]);
    const turns = await app.app.get(Lanes).turns(database.dataSource.manager, 'spec.posting', 'b');
    const sources = turns.map(({ turn, event }) => [turn.seq, (event as RecordedEvent<'mapping.changed.v1'>).data.source]);
    expect(sources).toEqual([
      ['1', 'b/1'],
      ['2', 'b/2'],
      ['3', 'b/3'],
    ]);
  });

  it('waits with patience for a back end that is away', async () => {
    outside.unavailable.set('away/1', 3);
    await append('away', 'away/1');
    await eventually(() => expect(effectsOf('away/')).toEqual(['away/1']));
    expect(await exceptionOf('away')).toBeUndefined();
  });

  it('is held by its failed turn: what comes after waits, other lanes go on, and a retry lets them through in order', async () => {
    outside.refuse.add('held/1');
    await append('held', 'held/1');
    const exception = await opened('held');
    await append('held', 'held/2', 'held/3');
    await append('free', 'free/1');
    await eventually(() => expect(effectsOf('free/')).toEqual(['free/1']));
    await eventually(async () => expect((await exceptionOf('held'))?.parkedBehind).toBe(2));
    outside.refuse.delete('held/1');
    await act(exception.id, 'retry');
    await eventually(() => expect(effectsOf('held/')).toEqual(['held/1', 'held/2', 'held/3']));
    await eventually(async () => expect((await exceptionOf('held'))?.state).toBe('resolved'));
  });

  it('opens the same exception again when the retry fails', async () => {
    outside.refuse.add('again/1');
    await append('again', 'again/1');
    const first = await opened('again');
    await act(first.id, 'retry');
    await eventually(async () => expect((await exceptionOf('again'))?.history.map(entry => entry.action)).toEqual(['opened', 'retry', 'opened']));
  });

  it('passes a skipped turn over and refuses a second decision', async () => {
    outside.refuse.add('skip/1');
    await append('skip', 'skip/1', 'skip/2');
    const exception = await opened('skip');
    await act(exception.id, 'skip');
    await eventually(() => expect(effectsOf('skip/')).toEqual(['skip/2']));
    await expect(act(exception.id, 'retry')).rejects.toMatchObject({ kind: 'conflict', code: 'exception-not-open' });
  });

  it('has no turn for an event the flow does not want', async () => {
    await inTransaction(database.dataSource, em =>
      log.append(em, [
        {
          id: randomUUID(),
          source: '/spec',
          type: 'mapping.changed.v1',
          key: 'unwanted',
          time: new Date().toISOString(),
          data: { kind: 'ignored', source: 'x', target: null },
          legalEntities: [],
          correlationId: 'c',
        },
      ]),
    );
    await append('wanted', 'wanted/1');
    await eventually(() => expect(effectsOf('wanted/')).toEqual(['wanted/1']));
    const turns = await database.dataSource.query(`select 1 from flow.turn where key = 'unwanted'`);
    expect(turns).toEqual([]);
  });
});

describe('a need', () => {
  const five = [1, 2, 3, 4, 5].map(n => `group-${n}`);

  it('that arrives releases one canary first, and the rest when it has come through', async () => {
    for (const key of five) outside.refuse.add(`group/${key}`);
    for (const key of five) {
      await append(key, `group/${key}`);
      await opened(key);
    }
    outside.refuse.delete(`group/${five[0]}`); // only the canary would come through
    await inTransaction(database.dataSource, em => desk.satisfy(em, ['spec:group']));
    await eventually(async () => expect((await exceptionOf(five[0]))?.state).toBe('resolved'));
    for (const key of five.slice(1)) {
      await eventually(async () => expect((await exceptionOf(key))?.history.map(entry => entry.action)).toEqual(['opened', 'retry', 'opened']));
    }
    for (const key of five) outside.refuse.delete(`group/${key}`);
    await inTransaction(database.dataSource, em => desk.retryGroup(em, 'spec:group', ROBIN, 'mended'));
    for (const key of five) await eventually(async () => expect((await exceptionOf(key))?.state).toBe('resolved'));
    expect(effectsOf('group/')).toHaveLength(5);
  });

  it('whose canary fails leaves the others where they are', async () => {
    const keys = ['canary-1', 'canary-2'];
    for (const key of keys) {
      outside.refuse.add(`canary/${key}`);
      await append(key, `canary/${key}`);
      await opened(key);
    }
    await inTransaction(database.dataSource, em => desk.retryGroup(em, 'spec:canary', ROBIN, 'trying'));
    await eventually(async () => expect((await exceptionOf('canary-1'))?.history).toHaveLength(3));
    expect((await exceptionOf('canary-2'))?.history).toHaveLength(1);
  });
});

describe('a clock', () => {
  it('makes an exception of a turn that is late although nothing failed, and takes it back when it is done', async () => {
    let goOn = () => {};
    outside.slow.set('slow/1', new Promise(resolve => (goOn = resolve)));
    await append('slow', 'slow/1');
    const exception = await eventually(
      async () => {
        const found = await exceptionOf('slow');
        expect(found?.state).toBe('open');
        return found!;
      },
      { withinMs: 20_000 },
    );
    expect(exception.category).toBe('stalled');
    goOn();
    await eventually(async () => expect((await exceptionOf('slow'))?.state).toBe('resolved'), { withinMs: 20_000 });
    expect(effectsOf('slow/')).toEqual(['slow/1']);
  });
});
