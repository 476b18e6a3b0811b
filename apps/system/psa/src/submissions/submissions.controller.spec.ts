import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mintId } from '#canonical';
import { aProject } from '#testing';
import { PsaUnderTest } from '../psa.fixture.js';

describe('time that is written for others', () => {
  let psa: PsaUnderTest;
  const project = aProject({ dealId: mintId('deal', 'submissions-spec') });
  const id = mintId('time-entry', 'submissions-spec', '1');
  const put = (over: object = {}) =>
    psa.call('PUT', `time-entries/${id}`, {
      body: { id, projectId: project.id, personEmail: psa.lines.person.email, workDate: '2026-11-05', workedMinutes: 60, billable: true, ...over },
    });

  beforeAll(async () => {
    psa = await PsaUnderTest.start();
    await psa.call('PUT', `projects/${project.id}`, { body: project });
    await psa.lines.assign(project.id, { from: '2026-11-02', upTo: '2026-12-31' });
  });
  afterAll(() => psa.close());

  it.each([
    ['no minutes', { workedMinutes: 0 }, 'workedMinutes'],
    ['more than a day', { workedMinutes: 1_441 }, 'workedMinutes'],
    ['the id of another noun', { id: mintId('expense', 'x') }, 'id'],
    ['no address', { personEmail: 'somebody' }, 'personEmail'],
  ])('is refused with %s, by the field', async (_, over, field) => {
    const { status, body } = await put(over);
    expect([status, body.fields[0].field]).toEqual([400, field]);
  });

  it('is read under its id at once, sent for approval once, and published under its id when it is approved', async () => {
    expect([(await put()).status, (await put()).body.effects]).toEqual([200, []]);
    expect((await psa.call('GET', `time-entries/${id}`)).body).toMatchObject({ id, workedMinutes: 60, approval: 'none' });
    const body = { id: mintId('timesheet', 'submissions-spec'), title: 'Week 45', timeEntryIds: [id] };
    const sent = await psa.call('POST', 'timesheet-submissions', { body });
    expect([sent.status, sent.body.approval]).toEqual([200, 'pending']);
    await psa.lines.time.resolve(sent.body.refs[0].nativeId, 'approve');
    await psa.read('time-entries');
    expect((await psa.events(id)).map(({ data }) => data.state.approval)).toEqual(['approved']);
    expect([(await put({ workedMinutes: 90 })).body.code, (await psa.call('DELETE', `time-entries/${id}`)).status]).toEqual(['line-approved', 409]);
  });

  it('that isn’t there can’t be taken back', async () => {
    expect((await psa.call('DELETE', `time-entries/${mintId('time-entry', 'none')}`)).status).toBe(404);
  });
});
