import { connectorMigrations } from '#connector';
import { loadConfig, Metrics } from '#service';
import { testDatabase, type TestDatabase } from '#testing';
import type { ConnectOptions, PsaWorld, RawProject } from '../../apps/system/psa/src/vendors/port/bench.fixture.js';
import type { LineWorld } from '../../apps/system/psa/src/vendors/port/line-world.fixture.js';
import { MadeUpConfig } from './made-up.api.js';
import { MadeUpVendor } from './made-up.vendor.js';
import { headOf, taskOf } from './projects/projects.mapper.js';
import { MadeUpStudio } from './studio.fixture.js';

// An answer's body, read field by field as a test expects it.
type Body = any;

let database: TestDatabase;
let studio: MadeUpStudio;

const PERSON = { email: 'ida@larkfield.example', name: 'Ida Larkfield' };

function connect({ baseUrl, wrongCredentials, settlingMs = 1_000, timeoutMs = 5_000 }: ConnectOptions = {}): MadeUpVendor {
  const env = {
    ...studio.settings,
    ...(baseUrl === undefined ? {} : { MADE_UP_BASE_URL: baseUrl }),
    ...(wrongCredentials ? { MADE_UP_KEY: 'wrong' } : {}),
    MADE_UP_SETTLING_MS: String(settlingMs),
    MADE_UP_TIMEOUT_MS: String(timeoutMs),
  };
  return new MadeUpVendor({ config: loadConfig(MadeUpConfig, env), dataSource: database.dataSource, metrics: new Metrics() });
}

async function raw(projectId: string): Promise<RawProject[]> {
  return (await studio.projectsOf(projectId)).map(({ id, tasks }) => ({
    id,
    archived: false,
    ours: true,
    below: tasks.filter(({ closed }: Body) => !closed).map(({ key }: Body) => key),
  }));
}

async function written(after: number): Promise<{ seq: number; noun: string; after: unknown }[]> {
  const account = studio.settings.MADE_UP_ACCOUNT;
  const keys = new Map<string, string>();
  return (await studio.control.ledger('made-up'))
    .map(({ seq, type, id, after: record }) => {
      const row: Body = record;
      if (type === 'tasks') return { seq, noun: 'task', after: taskOf(row, keys.get(row.project)!, account) };
      if (type === 'hours') return { seq, noun: 'time-entry', after: row };
      keys.set(id, row.key);
      return { seq, noun: 'project', after: headOf({ ...row, minutesBooked: 0, tasks: [] }, account) };
    })
    .filter(({ seq }) => seq > after);
}

const projectId = async (key: string): Promise<string> => (await studio.projectsOf(key))[0].id;
const defined = (fields: object): object => Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));

const lines: LineWorld = {
  person: PERSON,
  time: {
    book: async (key, { day, quantity }) =>
      (await studio.call('POST', '/hours', { project: await projectId(key), email: PERSON.email, person: PERSON.name, day, minutes: quantity })).id,
    change: async (id, { day, quantity, projectId: key }) =>
      void (await studio.call('PATCH', `/hours/${id}`, defined({ day, minutes: quantity, project: key && (await projectId(key)) }))),
    remove: async id => void (await studio.call('DELETE', `/hours/${id}`)),
  },
  removeProject: async key => void (await studio.call('DELETE', `/projects/${await projectId(key)}`)),
  removals: {},
  reads: async () =>
    Object.entries((await studio.control.calls())['made-up'])
      .filter(([name]) => name.startsWith('read '))
      .reduce((sum, [, n]) => sum + n, 0),
};

/** What its specs give, so that the conformance suites of PSAs can be held against it. */
export const madeUpWorld: PsaWorld = {
  abilities: [],
  get control() {
    return studio.control;
  },
  get baseUrl() {
    return studio.settings.MADE_UP_BASE_URL;
  },
  connect,
  writes: {
    project: { vendor: 'made-up', type: 'projects', operation: 'create' },
    update: { vendor: 'made-up', type: 'projects', operation: 'update' },
    below: { vendor: 'made-up', type: 'tasks', operation: 'create' },
  },
  reads: { project: { vendor: 'made-up', type: 'projects', operation: 'list' } },
  raw,
  written,
  bookTime: async key => void (await lines.time.book(key, { day: '2026-12-01', quantity: 60 })),
  rename: async (key, name) => void (await studio.call('PATCH', `/projects/${await projectId(key)}`, { name })),
  lines,
  open: async () => {
    database = await testDatabase({ migrations: connectorMigrations });
    studio = await MadeUpStudio.open();
  },
  close: async () => {
    await studio.close();
    await database.close();
  },
};
