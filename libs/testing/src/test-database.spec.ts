import { expect, it } from 'vitest';
import type { CanonicalEvent } from '#apis';
import { EventLog, eventsMigrations } from '#events';
import { testDatabase } from './test-database.js';

const drift = (id: unknown, source: string): CanonicalEvent =>
  ({
    id: `drift:${String(id)}`,
    source,
    type: 'drift.detected.v1',
    key: 'dea_1',
    time: '2026-11-20T09:15:00.000Z',
    data: { noun: 'deal', id, system: 'salesforce', attributes: ['name'] },
    legalEntities: [],
    correlationId: 'c',
  }) as unknown as CanonicalEvent;

it.each([
  [
    'ends a spec whose apps published what no type declares',
    drift(7, '/system/crm'),
    /drift\.detected\.v1 of \/system\/crm: \/data\/id must be string/,
  ],
  ['takes what is as declared', drift('dea_1', '/system/crm'), /^well$/],
  ["leaves out a spec's own apps", drift(7, '/spec'), /^well$/],
])('a test database %s', async (_, event, fault) => {
  const database = await testDatabase({ migrations: eventsMigrations });
  await database.dataSource.transaction(em => new EventLog().append(em, [event]));
  const ended = await database.close().then(
    () => 'well',
    (error: unknown) => String(error),
  );
  expect(ended).toMatch(fault);
});
