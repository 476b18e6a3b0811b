import { afterAll, beforeAll, describe } from 'vitest';
import { mintId, type StaffingRequest } from '#canonical';
import { aProject, aStaffingRequest, describePoisonedFeeds, inJson, type Poison, type PoisonedFeed, type Row } from '#testing';
import { PsaUnderTest } from '../psa.fixture.js';

const RECORDS = 5;
const minted = (noun: Parameters<typeof mintId>[0]) => (native: string) => mintId(noun, 'kantata', '7001', native);

const records = (plural: string, nativeOf: (row: Row) => unknown = row => row.id): PoisonedFeed['alterEach'] =>
  inJson(({ results, ...sides }, each) => {
    if (Array.isArray(results)) for (const row of Object.values<Row>(sides[plural] ?? {})) each(String(nativeOf(row)), row);
  });
const numbered = (text: string) => Number(text.replace(/\D+/, ''));
const without = (field: string): Poison => ({ names: field, spoil: row => void delete row[field] });
const saying = (field: string, value: unknown): Poison => ({ names: field, spoil: row => void (row[field] = value) });

describe('whatever Kantata shows', () => {
  let psa: PsaUnderTest;
  const projects = Array.from({ length: RECORDS }, (_, i) => aProject({ dealId: mintId('deal', 'every-feed', String(i)) }));
  /** Native id of a workspace or seat -> our id, which it bears. */
  const ours = new Map<string, string>();
  const made = async (path: string, body: { id: string }, type: string) => {
    await psa.call('PUT', `${path}/${body.id}`, { body });
    const { id, refs } = (await psa.call('GET', `${path}/${body.id}?fresh=true`)).body;
    ours.set(refs.find((ref: Row) => ref.type === type).nativeId, id);
  };

  beforeAll(async () => {
    psa = await PsaUnderTest.start({ PSA_TIME_SWEEP_DAYS: '365' });
    for (const project of projects) await made('projects', project, 'workspace');
    for (const { id: projectId } of projects) {
      const request: StaffingRequest = aStaffingRequest({ id: mintId('staffing-request', projectId, '1'), projectId });
      await made('staffing-requests', request, 'workspace_resource');
      for (const desk of [psa.lines.time, psa.lines.expenses])
        await desk.resolve(await desk.submit([await desk.book(projectId, { day: '2026-11-03', quantity: 60 })]), 'approve');
      await psa.lines.assign(projectId, { from: '2026-11-02', upTo: '2026-12-31' });
    }
  }, 120_000);
  afterAll(() => psa.close());

  const noted = {
    setNumber: (row: Row, n: number) => void (row.notes = `is ${n}`),
    numberIn: ({ note }: Row) => numbered(note),
  };
  const linePoisons = [
    without('currency'),
    saying('currency', 'ZZZ'),
    saying('currency_base_unit', 0),
    saying('notes', { is: 'none' }),
    without('workspace_id'),
    saying('updated_at', 'lately'),
    { names: 'active_submission', spoil: (row: Row) => void (row.active_submission_id = '999999') },
  ];
  const feeds: Record<string, PoisonedFeed> = {
    projects: {
      noun: 'project',
      alterEach: records('workspaces'),
      idOf: native => ours.get(native) ?? minted('project')(native),
      setNumber: (row, n) => void (row.title = `is ${n}`),
      numberIn: ({ title }) => numbered(title),
      poisons: [without('title'), saying('currency', 'ZZZ'), saying('price_in_cents', 'much'), saying('due_date', 'soon'), without('archived')],
    },
    'staffing-requests': {
      noun: 'staffing-request',
      alterEach: records('workspace_resources'),
      idOf: native => ours.get(native)!,
      setNumber: (row, n) => void (row.role_name = `is ${n}`),
      numberIn: ({ role }) => numbered(role),
      poisons: [without('workspace_id'), saying('role_name', { is: 'none' }), saying('created_at', 'lately')],
    },
    'time-entries': {
      noun: 'time-entry',
      alterEach: records('time_entries'),
      idOf: minted('time-entry'),
      ...noted,
      poisons: [...linePoisons, saying('date_performed', '2026-02-30'), saying('time_in_minutes', 'an hour'), without('billable')],
    },
    expenses: {
      noun: 'expense',
      alterEach: records('expenses'),
      idOf: minted('expense'),
      ...noted,
      poisons: [...linePoisons, without('date'), saying('amount_in_cents', 'much'), without('category'), saying('reimbursable', 'T')],
    },
    assignments: {
      noun: 'assignment',
      alterEach: records('workspace_allocations'),
      idOf: native => mintId('assignment', 'kantata', '7001', 'workspace_allocation', native),
      setNumber: (row, n) => void (row.end_date = new Date(Date.UTC(2030, 0, n)).toISOString().slice(0, 10)),
      numberIn: ({ endDate }) => (Date.parse(endDate) - Date.UTC(2030, 0, 0)) / 86_400_000,
      poisons: [saying('start_date', 'soon'), without('updated_at'), without('workspace_resource_id')],
    },
  };

  describePoisonedFeeds(
    () => ({
      vendor: 'kantata',
      origin: psa.sandboxes.endpoints.kantata.baseUrl,
      database: psa.database,
      registered: async () => (await psa.call('GET', 'feeds', { as: { client: 'operations' } })).body.items.map(({ name }: Row) => name),
      read: (feed, how) => psa.read(feed as Parameters<PsaUnderTest['read']>[0], how),
    }),
    feeds,
  );
});
