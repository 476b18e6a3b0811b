import { PSA_ABILITIES } from '#apis/psa';
import { connectorMigrations } from '#connector';
import { loadConfig, Metrics } from '#service';
import { testDatabase, testSandboxes, type TestDatabase, type TestSandboxes } from '#testing';
import type { ConnectOptions, PsaWorld, RawProject } from '../port/bench.fixture.js';
import { PutElsewhere } from '../port/put-elsewhere.fixture.js';
import { psaConformance } from '../port/psa.conformance.js';
import { KantataConfig } from './kantata.config.js';
import type { KantataReference } from './kantata-envelope.js';
import { KantataVendor } from './kantata.vendor.js';
import { kantataLines } from './lines/lines.fixture.js';
import { headOf, isTask, milestoneOf, taskOf } from './projects/projects.mapper.js';
import type { KantataStory, KantataWorkspace } from './projects/projects.wire.js';
import { seatOfResource, staffingRequestOf } from './staffing/staffing.mapper.js';

let database: TestDatabase;
let sandboxes: TestSandboxes;

const envOf = ({ baseUrl, wrongCredentials, settlingMs = 1_000, leaseMs = 5_000, timeoutMs = 5_000 }: ConnectOptions): Record<string, string> => ({
  KANTATA_BASE_URL: baseUrl ?? sandboxes.endpoints.kantata.baseUrl,
  KANTATA_TOKEN: wrongCredentials ? 'wrong' : sandboxes.endpoints.kantata.accessToken,
  KANTATA_ACCOUNT: '7001',
  KANTATA_SETTLING_MS: String(settlingMs),
  KANTATA_LEASE_MS: String(leaseMs),
  KANTATA_TIMEOUT_MS: String(timeoutMs),
});

const connect = (o: ConnectOptions = {}): KantataVendor =>
  new KantataVendor({
    config: loadConfig(KantataConfig, envOf(o)),
    dataSource: database.dataSource,
    metrics: new Metrics(),
    ...(o.withoutSecondLook ? { parts: { looksAgain: false } } : {}),
  });

// ---- the back end itself, asked without our adapter ----

// An answer's body, read field by field as the test expects it.
type Body = any;

async function call(method: string, path: string, body?: unknown): Promise<Body> {
  const { baseUrl, accessToken } = sandboxes.endpoints.kantata;
  const headers = { authorization: `Bearer ${accessToken}`, 'content-type': 'application/json' };
  const answer = await fetch(`${baseUrl}/api/v1/${path}`, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) });
  return answer.status === 204 ? null : answer.json();
}

async function every(path: string, plural: string): Promise<Body[]> {
  const rows: Body[] = [];
  for (let page = 1; ; page++) {
    const body = await call('GET', `${path}&per_page=200&page=${page}&include=external_references`);
    rows.push(
      ...body.results.map(({ id }: { id: string }) => ({
        ...body[plural][id],
        refs: (body[plural][id].external_reference_ids as string[]).map(ref => body.external_references[ref]),
      })),
    );
    if (page >= body.meta.page_count) return rows;
  }
}

const ourRef = (refs: KantataReference[]) => refs.find(({ service_name }) => service_name === 'throughline');

async function raw(projectId: string): Promise<RawProject[]> {
  const workspaces = (await every('workspaces?include_archived=true', 'workspaces')).filter(
    ({ refs }) => ourRef(refs)?.service_model_ref === projectId,
  );
  return Promise.all(
    workspaces.map(async ({ id, archived, refs }) => {
      const stories = await every(`stories?workspace_id=${id}&show_from_archived_workspaces=true`, 'stories');
      const seats = await every(`workspace_resources?workspace_id=${id}&include_unnamed=true`, 'workspace_resources');
      return {
        id,
        archived,
        ours: ourRef(refs)?.service_model === 'project',
        below: [...stories, ...seats].map(row => String(ourRef(row.refs)?.service_model_ref)),
      };
    }),
  );
}

async function written(after: number): Promise<{ seq: number; noun: string; after: unknown }[]> {
  const { names, directory } = vendorForReading;
  const projects = new Map<string, { projectId: string; currency: string; currency_base_unit: number }>();
  const rows = [];
  for (const row of await sandboxes.control.ledger('kantata')) {
    const record = row.after as never;
    const workspaceId = String((row.after as Body)?.workspace_id ?? (row.after as Body)?.resource?.workspace_id);
    if (row.type === 'workspaces') {
      const head = await directory.using(ids => headOf(record, names, ids));
      projects.set(row.id, { projectId: head.id, currency: head.currency, currency_base_unit: (record as KantataWorkspace).currency_base_unit });
      rows.push({ seq: row.seq, noun: 'project', after: head });
    } else if (row.type === 'stories') {
      const story = record as KantataStory;
      const context = projects.get(workspaceId)!;
      rows.push({
        seq: row.seq,
        noun: isTask(story) ? 'task' : 'milestone',
        after: isTask(story) ? taskOf(story, context, names) : milestoneOf(story, context, names),
      });
    } else if (row.type === 'workspace_resources' && record !== null) {
      rows.push({
        seq: row.seq,
        noun: 'staffing-resource',
        after: seatOfResource(record, projects.get(workspaceId)!.projectId, names),
      });
    } else if (row.type === 'resource_requests') {
      rows.push({
        seq: row.seq,
        noun: 'staffing-request',
        after: staffingRequestOf(record, projects.get(workspaceId)!.projectId, names),
      });
    } else rows.push({ seq: row.seq, noun: row.type, after: row.after });
  }
  return rows.filter(({ seq }) => seq > after);
}

let vendorForReading: KantataVendor;
let putting: PutElsewhere;

const world: PsaWorld = {
  abilities: PSA_ABILITIES,
  get control() {
    return sandboxes.control;
  },
  get baseUrl() {
    return sandboxes.endpoints.kantata.baseUrl;
  },
  connect,
  writes: {
    project: { vendor: 'kantata', type: 'workspaces', operation: 'create' },
    update: { vendor: 'kantata', type: 'workspaces', operation: 'update' },
    below: { vendor: 'kantata', type: 'stories', operation: 'create' },
    seat: { vendor: 'kantata', type: 'workspace_resources', operation: 'create' },
    request: { vendor: 'kantata', type: 'resource_requests', operation: 'create' },
  },
  reads: { project: { vendor: 'kantata', type: 'workspaces', operation: 'list' } },
  raw,
  written,
  elsewhere: (put, o) => putting.elsewhere({ databaseUrl: database.url, env: envOf(o), put }),
  lines: kantataLines(call, () => sandboxes.control),
  bookTime: async projectId => {
    const [{ id }] = await raw(projectId);
    await call('POST', 'time_entries', { time_entry: { workspace_id: Number(id), date_performed: '2026-12-01', time_in_minutes: 60 } });
  },
  rename: async (projectId, title) => {
    const [{ id }] = await raw(projectId);
    await call('PUT', `workspaces/${id}`, { workspace: { title } });
  },
  duplicates: (projectId, of) =>
    database.dataSource.query<{ kept: string; retired: string }[]>(
      `select kept, retired from connector.duplicate
       where system = 'kantata' and retired_at is not null and kind = $2 and ($2 <> 'workspace' or key = $1) and found_at > clock_timestamp() - interval '5 s'`,
      [projectId, of ?? 'workspace'],
    ),
  open: async () => {
    putting = new PutElsewhere('kantata');
    database = await testDatabase({ migrations: connectorMigrations });
    // Approving changes only the submission, which is the harder case for a reader of lines.
    sandboxes = await testSandboxes({ vendors: ['kantata'], choices: { kantata: { approvalMovesLines: false } } });
    vendorForReading = connect();
  },
  close: async () => {
    await vendorForReading.close();
    await sandboxes.close();
    await database.close();
  },
};

psaConformance('Kantata OX', world, 'look-up');
