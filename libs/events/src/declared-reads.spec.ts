import { Module, type OnModuleInit } from '@nestjs/common';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { defineApi, type EventType } from '#apis';
import { DatabaseModule } from '#persistence';
import { type AppDefinition, serviceMigrations } from '#service';
import { aDeclaration, testApp, testDatabase, testIssuer, type TestDatabase, type TestIssuer } from '#testing';
import { EventsModule, eventsMigrations, Subscriptions } from './index.js';

@Module({ imports: [DatabaseModule.forApp({ name: 'readers', migrations: [...serviceMigrations, ...eventsMigrations] }), EventsModule] })
class ReadersModule implements OnModuleInit {
  constructor(private readonly subscriptions: Subscriptions) {}

  onModuleInit(): void {
    const handle = () => Promise.resolve();
    this.subscriptions.subscribe({ name: 'readers.deals', types: ['deal.won.v1', 'deal.lost.v1'], handle });
    this.subscriptions.subscribe({ name: 'readers.won', types: ['deal.won.v1'], handle });
  }
}

const readers = (reads?: EventType[]): AppDefinition => ({
  name: 'readers',
  prefix: '/system/readers',
  module: ReadersModule,
  title: 'Readers',
  description: 'Reads deals.',
  apis: [defineApi(aDeclaration({ app: 'readers', layer: 'system' }), {})],
  ...(reads ? { reads } : {}),
});

describe('an app that says which events it reads', () => {
  let database: TestDatabase;
  let issuer: TestIssuer;

  beforeAll(async () => {
    [database, issuer] = await Promise.all([testDatabase(), testIssuer()]);
  });
  afterAll(async () => {
    await issuer.close();
    await database.close();
  });

  const started = async (def: AppDefinition, env?: Record<string, string>): Promise<string[]> => {
    const { app, close } = await testApp(def, { env });
    const { names } = app.get(Subscriptions);
    await close();
    return names;
  };

  it('starts when its subscriptions are these', async () => {
    for (const def of [readers(['deal.lost.v1', 'deal.won.v1']), readers()]) expect(await started(def)).toEqual(['readers.deals', 'readers.won']);
  });

  it('does not start when it reads others, or declares what it does not read', async () => {
    const refused = testApp(readers(['deal.won.v1', 'worker.changed.v1']));
    await expect(refused).rejects.toThrow('it reads deal.lost.v1 and does not declare that');
    await expect(refused).rejects.toThrow('it declares that it reads worker.changed.v1 and does not');
  });

  it('starts and says so where findings are only reported', async () => {
    expect(await started(readers([]), { CONFORMANCE: 'report' })).toHaveLength(2);
  });
});
