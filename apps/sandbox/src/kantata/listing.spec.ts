import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { KantataRow } from './account.js';
import { type Body, RunningAccount } from './running-account.fixture.js';

const LINES = 3_000;

describe('lists of many', () => {
  let kantata: RunningAccount;
  let entries: KantataRow[];

  const stored = (type: string): KantataRow[] => kantata.store.read(type).map(({ json }) => JSON.parse(json) as KantataRow);

  /** The ids of all pages, and the count that the first page states. */
  async function walk(path: string): Promise<{ ids: string[]; count: number }> {
    const ids: string[] = [];
    for (let page = 1; ; page++) {
      const { results, count } = await kantata.get(`${path}&per_page=200&page=${page}`);
      ids.push(...results.map(({ id }: Body) => id));
      if (page * 200 >= count) return { ids, count };
    }
  }

  const ordered = (rows: KantataRow[], field: string, sign = 1): string[] =>
    rows
      .toSorted((a, b) => sign * (String(a[field]) < String(b[field]) ? -1 : String(a[field]) > String(b[field]) ? 1 : Number(a.id) - Number(b.id)))
      .map(({ id }) => id);

  beforeAll(async () => {
    kantata = await new RunningAccount({}, { size: 200, approvedLines: LINES }).start();
    // Some rows change and some are deleted, so that the orders have been updated.
    const submissions = (await kantata.get('timesheet_submissions?per_page=120&page=2')).results.map(({ id }: Body) => Number(id));
    await kantata.call('POST', 'timesheet_rejections', { resolution: { submission_ids: submissions } });
    const rejected = await walk(`time_entries?with_recent_timesheet_ids=${submissions.slice(0, 40).join(',')}`);
    await kantata.call('DELETE', `time_entries?ids=${rejected.ids.slice(0, 100).join(',')}`);
    entries = stored('time_entries');
  });
  afterAll(() => kantata.stop());

  it('begins with the approved lines, submitted by person, project and week, without history', async () => {
    const fresh = await new RunningAccount({}, { size: 200, approvedLines: 500 }).start();
    const { results, timesheet_submissions, time_entries } = await fresh.get(
      'timesheet_submissions?statuses=approved&per_page=200&include=time_entries',
    );
    expect(Object.values<Body>(time_entries)).toHaveLength(500);
    for (const { id } of results) {
      const { start_date, end_date, time_entry_ids } = timesheet_submissions[id];
      const lines = time_entry_ids.map((entry: string) => time_entries[entry]);
      expect(lines.every((line: Body) => line.approved && line.date_performed >= start_date && line.date_performed <= end_date)).toBe(true);
      expect(lines.every((line: Body) => line.rate_in_cents > 0)).toBe(true);
    }
    expect((await fresh.get('subscribed_events')).count).toBe(0);
    expect(fresh.ledger.rows()).toEqual([]);
    await fresh.stop();
  });

  it.each([
    ['date_performed', 1],
    ['date_performed', -1],
    ['created_at', 1],
    ['updated_at', 1],
    ['updated_at', -1],
  ])('shows every line once, by %s in either direction', async (field, sign) => {
    const { ids, count } = await walk(`time_entries?order=${field}:${sign === 1 ? 'asc' : 'desc'}`);
    expect(count).toBe(LINES - 100);
    expect(ids).toEqual(ordered(entries, field, sign));
  });

  it.each(['updated_at:asc', 'date_performed:desc'])('finds what changed after a moment, by %s', async order => {
    const [field, direction] = order.split(':');
    for (const since of [entries[700].updated_at, '2026-11-02T00:00:00Z', '2026-01-01T00:00:00+01:00']) {
      const after = entries.filter(({ updated_at }) => Date.parse(updated_at) > Date.parse(since));
      const { ids, count } = await walk(`time_entries?updated_after=${encodeURIComponent(since)}&order=${order}`);
      expect(count).toBe(after.length);
      expect(ids).toEqual(ordered(after, field, direction === 'asc' ? 1 : -1));
    }
  });

  it('finds by days, both included, by approval, and by both at once', async () => {
    const within = entries.filter(row => '2026-10-21' <= String(row.date_performed) && String(row.date_performed) <= '2026-10-22');
    expect((await walk('time_entries?date_performed_between=2026-10-21:2026-10-22')).ids).toEqual(ordered(within, 'date_performed', -1));
    const approved = within.filter(row => row.approved === true);
    const { ids, count } = await walk('time_entries?approved=1&date_performed_between=2026-10-21:2026-10-22&order=created_at:asc');
    expect(approved.length).toBeLessThan(within.length);
    expect([count, ids]).toEqual([approved.length, ordered(approved, 'created_at')]);
  });

  it('finds by ids in order, leaving out those that do not exist', async () => {
    const some = entries.slice(100, 110);
    const { results, meta } = await kantata.get(`time_entries?only=${some.map(({ id }) => id).join(',')},5&order=created_at:asc`);
    expect(results.map(({ id }: Body) => id)).toEqual(ordered(some, 'created_at'));
    expect(meta.page_count).toBe(1);
  });

  it('lists submissions by status and last change, by the date of their week', async () => {
    const submissions = stored('timesheet_submissions');
    for (const status of ['approved', 'rejected']) {
      const since = submissions[50].updated_at;
      const expected = submissions.filter(row => row.status === status && row.updated_at > since);
      const { ids } = await walk(`timesheet_submissions?statuses=${status}&updated_after=${since}&include=time_entries`);
      expect(ids).toEqual(ordered(expected, 'start_date', -1));
    }
  });

  it('hides the lines of an archived project until asked', async () => {
    const workspace = String(entries[0].workspace_id);
    const hidden = entries.filter(row => row.workspace_id === workspace).length;
    await kantata.call('PUT', `workspaces/${workspace}`, { workspace: { archived: true } });
    expect((await kantata.get('time_entries')).count).toBe(entries.length - hidden);
    expect((await kantata.get('time_entries?from_archived_workspaces=true')).count).toBe(entries.length);
    await kantata.call('PUT', `workspaces/${workspace}?include_archived=true`, { workspace: { archived: false } });
    expect((await kantata.get('time_entries')).count).toBe(entries.length);
  });
});
