import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mintId, type Assignment, type Project, type TimeEntry } from '#canonical';
import { aProject } from '#testing';
import { PsaUnderTest } from '../psa.fixture.js';

let psa: PsaUnderTest;
let project: Project;
let deals = 0;

const aProjectThere = async (over: Partial<Project> = {}): Promise<Project> => {
  const made = aProject({ dealId: mintId('deal', 'time-spec', String(deals++)), ...over });
  expect((await psa.call('PUT', `projects/${made.id}`, { body: made })).status).toBe(200);
  return made;
};
const canonicalId = (native: string) => mintId('time-entry', 'kantata', '7001', native);
const told = async (id: string) =>
  (await psa.events(id)).map(({ type, data }) => `${type} ${data.deleted ? 'deleted' : data.state.approval} ${data.changed.join()}`);

async function approved(quantity = 480, projectId = project.id): Promise<{ id: string; native: string; submission: string }> {
  const native = await psa.lines.time.book(projectId, { day: '2026-11-03', quantity });
  const submission = await psa.lines.time.submit([native]);
  await psa.lines.time.resolve(submission, 'approve');
  await psa.read('time-entries');
  return { id: canonicalId(native), native, submission };
}

describe('/system/psa/v1/time-entries', () => {
  beforeAll(async () => {
    psa = await PsaUnderTest.start();
    project = await aProjectThere();
    await psa.read('time-entries');
  });
  afterAll(() => psa.close());

  it('publishes no drafts and submissions, but the approval, with the line’s legal entity', async () => {
    const native = await psa.lines.time.book(project.id, { day: '2026-11-02', quantity: 480 });
    await psa.read('time-entries');
    const submission = await psa.lines.time.submit([native]);
    await psa.read('time-entries');
    expect(await told(canonicalId(native))).toEqual([]);
    await psa.lines.time.resolve(submission, 'approve');
    await psa.read('time-entries');
    const events = await psa.events(canonicalId(native));
    expect(events.map(({ type, data, legal_entities }) => [type, data.state.approval, legal_entities])).toEqual([
      ['time-entry.changed.v1', 'approved', ['LF-UK']],
    ]);
    const { status, body } = await psa.call('GET', `time-entries/${canonicalId(native)}`);
    expect([status, body]).toEqual([200, events[0].data.state]);
  });

  it('publishes that the approval was withdrawn, not the draft meanwhile, and the next approval', async () => {
    const { id, native, submission } = await approved();
    await psa.lines.time.resolve(submission, 'reject');
    await psa.read('time-entries');
    await psa.lines.time.change(native, { quantity: 300 });
    await psa.read('time-entries');
    await psa.lines.time.resolve(await psa.lines.time.submit([native]), 'approve');
    await psa.read('time-entries');
    expect((await told(id)).map(event => event.split(' ')[1])).toEqual(['approved', 'rejected', 'approved']);
    expect((await psa.events(id)).at(-1)?.data).toMatchObject({ state: { workedMinutes: 300 }, changed: expect.arrayContaining(['approval']) });
  });

  it('publishes a deletion once, by its notice or by the sweep', async () => {
    for (const noticed of [true, false]) {
      const { id, native, submission } = await approved();
      const { id: kept } = await approved(60);
      await psa.lines.time.resolve(submission, 'cancel');
      if (!noticed) await psa.sandboxes.control.planFault({ match: psa.lines.removals.time, action: { do: 'notice', how: 'drop' }, nth: 1 });
      await psa.lines.time.remove(native);
      await psa.read('time-entries');
      // Cancelled before it was deleted; when both are read at once, only the deletion is
      // published.
      const gone = async () => (await psa.call('GET', `time-entries/${id}`)).status === 404;
      expect(await gone()).toBe(noticed);
      await psa.read('time-entries', 'sweeps');
      expect([await gone(), (await psa.call('GET', `time-entries/${kept}`)).status]).toEqual([true, 200]);
      expect((await told(id)).filter(event => event.includes('deleted')).length).toBeLessThanOrEqual(1);
      await psa.sandboxes.control.clearFaults();
    }
  });

  it('publishes an approved line’s deletion as deleted', async () => {
    const { id, native, submission } = await approved();
    await psa.call('PUT', 'feeds/time-entries', { as: { client: 'operations' }, body: { paused: true } });
    await psa.lines.time.resolve(submission, 'cancel');
    await psa.lines.time.remove(native);
    await psa.call('PUT', 'feeds/time-entries', { as: { client: 'operations' }, body: { paused: false } });
    await psa.read('time-entries');
    expect(await told(id)).toEqual(['time-entry.changed.v1 approved ', 'time-entry.changed.v1 deleted ']);
    expect((await psa.events(id)).at(-1)?.legal_entities).toEqual(['LF-UK']);
  });

  it('leaves lines older than its window alone in a sweep', async () => {
    const native = await psa.lines.time.book(project.id, { day: '2026-01-15', quantity: 60 });
    await psa.lines.time.resolve(await psa.lines.time.submit([native]), 'approve');
    await psa.read('time-entries');
    expect(await psa.read('time-entries', 'sweeps')).toMatchObject({ created: 0, changed: 0, deleted: 0, events: 0 });
    expect((await psa.call('GET', `time-entries/${canonicalId(native)}`)).status).toBe(200);
  });

  it('lists a project’s or a timesheet’s lines, in pages', async () => {
    const { id: projectId } = await aProjectThere();
    const ids = [await approved(60, projectId), await approved(61, projectId), await approved(62, projectId)].map(({ id }) => id).sort();
    const first = (await psa.call('GET', `time-entries?projectId=${projectId}&limit=2`)).body;
    const rest = (await psa.call('GET', `time-entries?projectId=${projectId}&limit=2&cursor=${first.nextCursor}`)).body;
    expect([...first.items, ...rest.items].map(({ id }: TimeEntry) => id)).toEqual(ids);
    const [{ timesheetId }] = first.items;
    expect((await psa.call('GET', `time-entries?timesheetId=${timesheetId}&approval=approved`)).body.items).toHaveLength(1);
    expect((await psa.call('GET', `time-entries?timesheetId=${timesheetId}&approval=rejected`)).body.items).toEqual([]);
    expect((await psa.call('GET', 'time-entries?approval=maybe')).status).toBe(400);
  });

  it('answers from its last known state: no call to the PSA', async () => {
    const before = await psa.lines.reads();
    await psa.call('GET', `time-entries?projectId=${project.id}`);
    await psa.call('GET', 'expenses');
    await psa.call('GET', `assignments?projectId=${project.id}`);
    expect(await psa.lines.reads()).toBe(before);
  });

  describe('who may', () => {
    it('see a line: people of its project’s legal entity, by list and by id; another’s is answered like a missing one', async () => {
      const { id } = await approved();
      const [us, uk] = [{ person: 'pmo-us' }, { person: 'finance-uk' }];
      const listed = async (as: object) =>
        (await psa.call('GET', `time-entries?projectId=${project.id}&limit=200`, { as })).body.items.map((item: TimeEntry) => item.id);
      expect([(await listed(us)).length, (await listed(uk)).includes(id)]).toEqual([0, true]);
      const theirs = await psa.call('GET', `time-entries/${id}`, { as: us });
      const nobodys = await psa.call('GET', 'time-entries/tim_none', { as: us });
      expect([theirs.status, theirs.body.detail.replace(id, '')]).toEqual([404, nobodys.body.detail.replace('tim_none', '')]);
      expect((await psa.call('GET', `time-entries/${id}`, { as: uk })).status).toBe(200);
      expect((await psa.call('GET', 'time-entries', { as: { client: 'sales' } })).status).toBe(403);
    });

    it('changes with the project: a line that came before its project did is nobody’s until then', async () => {
      const moved = await aProjectThere();
      await psa.database.dataSource.query(`delete from capture.shadow where noun = 'project' and id = $1`, [moved.id]);
      const { id } = await approved(90, moved.id);
      const seenBy = async (person: string) => (await psa.call('GET', `time-entries/${id}`, { as: { person } })).status;
      expect(await seenBy('finance-uk')).toBe(404);
      await psa.read('projects', 'sweeps');
      expect(await seenBy('finance-uk')).toBe(200);
      await psa.call('PUT', `projects/${moved.id}`, { body: { ...moved, legalEntity: 'LF-US' } });
      expect([await seenBy('finance-uk'), await seenBy('pmo-us')]).toEqual([404, 200]);
    });
  });

  it('publishes expenses and teams alike', async () => {
    await psa.read('expenses');
    await psa.read('assignments');
    const native = await psa.lines.expenses.book(project.id, { day: '2026-11-03', quantity: 1_250 });
    await psa.lines.expenses.resolve(await psa.lines.expenses.submit([native]), 'approve');
    await psa.read('expenses');
    const id = mintId('expense', 'kantata', '7001', native);
    expect((await psa.events(id)).map(({ type, data }) => [type, data.state.amount])).toEqual([
      ['expense-entry.changed.v1', { amount: '12.50', currency: 'GBP' }],
    ]);
    expect((await psa.call('GET', `expenses/${id}`, { as: { person: 'pmo-us' } })).status).toBe(404);
    expect((await psa.call('GET', `expenses?projectId=${project.id}`)).body.items).toHaveLength(1);
    await psa.lines.assign(project.id, { from: '2026-11-02', upTo: '2026-12-31' });
    await psa.read('assignments');
    expect((await psa.events(project.id)).at(-1)).toMatchObject({ type: 'assignment.changed.v1', legal_entities: ['LF-UK'] });
    const { items } = (await psa.call('GET', `assignments?projectId=${project.id}`)).body as { items: Assignment[] };
    expect(items.map(({ startDate, endDate }) => [startDate, endDate])).toEqual([['2026-11-02', '2026-12-31']]);
    expect((await psa.call('GET', `assignments?projectId=${project.id}`, { as: { person: 'pmo-us' } })).body.items).toEqual([]);
  });
});
