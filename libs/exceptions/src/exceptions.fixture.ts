import { Module } from '@nestjs/common';
import type { ExceptionAction } from '#apis/exceptions';
import { defineApi, type Fault } from '#apis';
import type { ExceptionRecord } from '#canonical';
import { EventsModule, eventsMigrations } from '#events';
import { DatabaseModule, inTransaction, type Transaction } from '#persistence';
import { type AppDefinition, serviceMigrations } from '#service';
import { aDeclaration, testApp, testDatabase, testIssuer, type TestDatabase, type TokenRequest } from '#testing';
import { defineNeed, exceptionOf } from '#work';
import { ExceptionDesk, ExceptionsController, ExceptionsModule, exceptionsMigrations, type HeldTurn, type NewException } from './index.js';

@Module({
  imports: [
    DatabaseModule.forApp({ name: 'spec', migrations: [...serviceMigrations, ...eventsMigrations, ...exceptionsMigrations] }),
    EventsModule,
    ExceptionsModule,
  ],
  controllers: [ExceptionsController],
})
class SpecModule {}

const spec: AppDefinition = {
  name: 'spec',
  prefix: '/process/spec',
  module: SpecModule,
  title: 'Spec',
  description: 'Has a desk and nothing else.',
  apis: [defineApi(aDeclaration({ app: 'spec', layer: 'process' }), {})],
};

export const ROBIN = { kind: 'person' as const, id: 'person-robin', name: 'Robin' };
export const UK = { person: 'finance-uk' };
export const needs = {
  rate: defineNeed('rate:{role}', { cure: 'cure.rate' }),
  dates: defineNeed('deal:{dealId}:dates', { cure: 'cure.deal.dates' }),
};

export function anException(id: string, wanted: string[], over: Partial<NewException> = {}): NewException {
  const faults = wanted.map((need): Fault => ({
    reason: { code: 'deal.dates-missing', params: { deal: id, missing: 'start' } },
    category: 'validation',
    desk: 'finance',
    need,
  }));
  return {
    ...exceptionOf(faults, Object.values(needs)),
    id,
    app: 'spec',
    flow: 'work',
    step: 'check',
    runId: `${id}:1`,
    subject: id,
    keys: { deal: id },
    refs: [],
    money: [],
    dueAt: '2026-12-01T00:00:00.000Z',
    parkedBehind: 0,
    effect: 'none',
    legalEntities: ['LF-UK'],
    turn: { subscription: 'spec.work', key: id, seq: 1 },
    correlationId: `c-${id}`,
    ...over,
  };
}
export interface TestDesk {
  database: TestDatabase;
  desk: ExceptionDesk;
  /** The turns that were released, in order. */
  released: string[];
  /** Called before the turns go on; it may throw. */
  release: (turns: HeldTurn[]) => Promise<void>;
  within<T>(work: (em: Transaction) => Promise<T>): Promise<T>;
  /** One after the other, so that the first is the oldest. */
  raise(...exceptions: NewException[]): Promise<void>;
  find(id: string): Promise<ExceptionRecord>;
  states(...ids: string[]): Promise<string[]>;
  act(id: string, action: ExceptionAction): Promise<ExceptionRecord>;
  ask(method: string, path: string, as: TokenRequest, body?: object): Promise<{ status: number; body: Record<string, any> }>;
  /** An empty desk. */
  clear(): Promise<void>;
  close(): Promise<void>;
}

/** An app that has only a desk. */
export async function testDesk(): Promise<TestDesk> {
  const [database, issuer] = await Promise.all([testDatabase(), testIssuer()]);
  const app = await testApp(spec);
  const desk = app.app.get(ExceptionDesk, { strict: false });
  const within: TestDesk['within'] = work => inTransaction(database.dataSource, work);
  const find: TestDesk['find'] = async id => (await within(em => desk.find(em, id)))!;
  const made: TestDesk = {
    database,
    desk,
    released: [],
    release: () => Promise.resolve(),
    within,
    raise: async (...exceptions) => {
      for (const exception of exceptions) await within(em => desk.raise(em, [exception]));
    },
    find,
    states: (...ids) => Promise.all(ids.map(async id => (await find(id)).state)),
    act: (id, action) => within(em => desk.act(em, id, action, ROBIN, 'because')),
    ask: async (method, path, as, body) => {
      const answer = await fetch(`${app.url}/v1${path}`, {
        method,
        headers: { ...(await issuer.bearer(as)), ...(body ? { 'content-type': 'application/json' } : {}) },
        ...(body ? { body: JSON.stringify(body) } : {}),
      });
      return { status: answer.status, body: (await answer.json()) as Record<string, any> };
    },
    clear: async () => {
      made.released.length = 0;
      made.release = () => Promise.resolve();
      await database.dataSource.query('truncate exceptions.exception, exceptions.need, exceptions.release');
    },
    close: async () => {
      await app.close();
      await issuer.close();
      await database.close();
    },
  };
  desk.releaseWith(async (_, turns, action) => {
    await made.release(turns);
    made.released.push(...turns.map(({ key }) => `${action} ${key}`));
  });
  desk.releaseWith((_, turns) => Promise.resolve(void made.released.push(...turns.map(({ key }) => `other ${key}`))), 'other');
  return made;
}
