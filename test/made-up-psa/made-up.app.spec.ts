import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mintId } from '#canonical';
import {
  aProject,
  describePoisonedFeeds,
  inJson,
  type Poison,
  type PoisonedFeed,
  type Row,
  testApp,
  type TestApp,
  testDatabase,
  type TestDatabase,
  testIssuer,
  type TestIssuer,
} from '#testing';
import { psaApp } from '../../apps/system/psa/src/psa.app.js';
import { madeUp } from './made-up.vendor.js';
import { MadeUpStudio } from './studio.fixture.js';

const without = (field: string): Poison => ({ names: field, spoil: row => void delete row[field] });
const saying = (field: string, value: unknown): Poison => ({ names: field, spoil: row => void (row[field] = value) });
const alterEach = (mark: string): PoisonedFeed['alterEach'] =>
  inJson(({ items }, each) => {
    for (const row of items ?? []) if (mark in row) each(row.id, row);
  });

describe('the app of PSAs over the made-up one', () => {
  let database: TestDatabase;
  let issuer: TestIssuer;
  let studio: MadeUpStudio;
  let app: TestApp;
  const keys = new Map<string, string>();

  const call = async (method: string, path: string, body?: object): Promise<Row> => {
    const client = path.startsWith('feeds') ? 'operations' : 'project-initiation-service';
    const headers = { ...(await issuer.bearer({ client })), ...(body ? { 'content-type': 'application/json' } : {}) };
    const answer = await fetch(`${app.url}/v1/${path}`, { method, headers, body: body && JSON.stringify(body) });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    return answer.json();
  };

  beforeAll(async () => {
    [database, issuer, studio] = await Promise.all([testDatabase(), testIssuer(), MadeUpStudio.open()]);
    const seldom = { PSA_POLL_MS: '3600000', PSA_SWEEP_MS: '86400000', PSA_TIME_SWEEP_MS: '86400000', PSA_TIME_SWEEP_DAYS: '365' };
    app = await testApp({ ...psaApp, vendors: [madeUp] }, { env: { ...studio.settings, ...seldom } });
    for (let n = 0; n < 5; n++) {
      const project = aProject({ dealId: mintId('deal', 'made-up', String(n)), milestones: [] });
      await call('PUT', `projects/${project.id}`, project);
      const [{ id }] = await studio.projectsOf(project.id);
      keys.set(id, project.id);
      await studio.call('POST', '/hours', { project: id, email: 'ida@larkfield.example', person: 'Ida', day: '2026-11-03', minutes: 60 });
    }
  });
  afterAll(async () => {
    await app.close();
    await studio.close();
    await issuer.close();
    await database.close();
  });

  it('says that it can do nothing of what PSAs differ in', async () => {
    expect(await call('GET', 'abilities')).toMatchObject({ can: [], cannot: expect.arrayContaining(['archive', 'staffing', 'approval']) });
  });

  const feeds: Record<string, PoisonedFeed> = {
    projects: {
      noun: 'project',
      alterEach: alterEach('labels'),
      idOf: native => keys.get(native)!,
      setNumber: (row, n) => void (row.name = `is ${n}`),
      numberIn: ({ title }) => Number(title.replace(/\D+/, '')),
      poisons: [
        without('name'),
        saying('currency', 'ZZZ'),
        saying('budget', 'much'),
        saying('ends', 'soon'),
        without('tasks'),
        without('labels'),
        saying('key', 7),
      ],
    },
    'time-entries': {
      noun: 'time-entry',
      alterEach: alterEach('minutes'),
      idOf: native => mintId('time-entry', 'made-up', 'studio-1', native),
      setNumber: (row, n) => void (row.minutes = n),
      numberIn: ({ workedMinutes }) => workedMinutes,
      poisons: [
        { names: 'project.key', spoil: row => void (row.project.key = 7) },
        saying('day', '2026-02-30'),
        without('billable'),
        without('project'),
        without('person'),
        saying('updated', 'lately'),
      ],
    },
  };
  describePoisonedFeeds(
    () => ({
      vendor: 'made-up',
      origin: studio.settings.MADE_UP_BASE_URL,
      database,
      registered: async () => (await call('GET', 'feeds')).items.map(({ name }: Row) => name),
      read: (feed, how) => call('POST', `feeds/${feed}/${how}`, {}),
    }),
    feeds,
  );
});
