import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RunningAccount, type Body } from './running-account.fixture.js';

let kantata: RunningAccount;

const idsOf = (body: Body): string[] => body.results.map(({ id }: Body) => id);

describe('time and its approval', () => {
  beforeEach(async () => {
    kantata = await new RunningAccount().start();
  });
  afterEach(() => kantata.stop());

  it('books time in the role of the seat, at the rate of the project’s card on the day, with a place', async () => {
    const { workspaceId, userId } = await kantata.seat();
    const entry = await kantata.book({ location: 'Overtime', date_performed: '2026-10-20' });
    const { role_id } = await kantata.read('time_entries', entry.id, 'role');
    const nextYear = await kantata.book({ date_performed: '2027-01-01' });
    const user = await kantata.get(`users/${userId}?on_my_account=true&include=role`);
    const role = user.roles[user.users[userId].role_id];
    const card = kantata.firm.rateCards.find(({ entity }) => entity === 'LF-US')!;
    const code = kantata.firm.roles.find(({ name }) => name === role.name)!.code;
    const rates = card.versions.map(version => version.rates.find(rate => rate.role === code)!.ratePerHour);
    expect([entry.rate_in_cents, nextYear.rate_in_cents]).toEqual(rates.map(rate => Number(rate) * 100));
    expect(role_id).toBe(role.id);
    expect(entry).toMatchObject({
      location: 'Overtime',
      approved: false,
      is_invoiced: false,
      currency: 'USD',
      currency_base_unit: 100,
      billable: true,
    });
    expect((await kantata.get(`time_entries?workspace_ids=${workspaceId}&with_user_ids=${userId}`)).count).toBe(2);
  });

  it('approves a timesheet: its lines are approved, both have moved, and the feed shows both', async () => {
    const [one, two] = [await kantata.book(), await kantata.book({ date_performed: '2026-10-21' })];
    const submission = await kantata.submit([one, two]);
    expect(submission).toMatchObject({ status: 'pending', start_date: '2026-10-19', end_date: '2026-10-25', type: 'TimesheetSubmission' });
    expect(submission.line_item_total_in_cents).toBe(one.rate_in_cents * 3);
    const { status, body } = await kantata.resolve(submission, 'approve');
    expect([status, body.timesheet_submissions[submission.id].status]).toEqual([200, 'approved']);
    const approved = await kantata.read('timesheet_submissions', submission.id, 'time_entries,user,workspace');
    expect(approved.time_entry_ids).toEqual([one.id, two.id]);
    expect(approved.current_resolution_description).toBe('to approve');
    const entry = await kantata.read('time_entries', one.id, 'active_submission,recent_submission');
    expect(entry).toMatchObject({ approved: true, active_submission_id: submission.id, recent_submission_id: submission.id });
    expect(entry.updated_at > one.updated_at && approved.updated_at > submission.updated_at).toBe(true);
    expect(await kantata.notices('timesheet_submission:created,timesheet_submission:updated,time_entry:updated')).toEqual([
      `timesheet_submission:created ${submission.id}`,
      `timesheet_submission:updated ${submission.id}`,
      `time_entry:updated ${one.id}`,
      `time_entry:updated ${two.id}`,
    ]);
  });

  it('shows pending where its filter says new', async () => {
    const submission = await kantata.submit([await kantata.book()]);
    expect(submission.status).toBe('pending');
    expect((await kantata.get('timesheet_submissions?statuses=pending')).count).toBe(0);
    expect(idsOf(await kantata.get('timesheet_submissions?statuses=new,rejected'))).toEqual([submission.id]);
    expect((await kantata.get('timesheet_submissions?statuses=approved')).count).toBe(0);
  });

  it('refuses to change or delete approved time until its submission is rejected', async () => {
    const { entry, submission } = await kantata.approved();
    const change = () => kantata.call('PUT', `time_entries/${entry.id}`, { time_entry: { time_in_minutes: 30 } });
    expect([(await change()).status, (await kantata.call('DELETE', `time_entries/${entry.id}`)).status]).toEqual([422, 422]);
    await kantata.resolve(submission, 'reject');
    expect((await change()).body.time_entries[entry.id]).toMatchObject({ time_in_minutes: 30, approved: false });
  });

  it.each(['reject', 'cancel'] as const)('takes an approval back by %s: the lines fall back and move', async verb => {
    const { entry, submission } = await kantata.approved();
    expect((await kantata.resolve(submission, verb)).status).toBe(200);
    const after = await kantata.read('time_entries', entry.id, 'active_submission,recent_submission');
    expect(after).toMatchObject({ approved: false, active_submission_id: null, recent_submission_id: submission.id });
    expect(after.updated_at > entry.updated_at).toBe(true);
    expect((await kantata.get(`time_entries?with_timesheet_id=${submission.id}`)).count).toBe(0);
    expect(idsOf(await kantata.get(`time_entries?with_recent_timesheet_ids=${submission.id}`))).toEqual([entry.id]);
    expect((await kantata.resolve(submission, 'approve')).status).toBe(422);
  });

  it('makes another submission of lines that are submitted again, and the old one lists them no more', async () => {
    const { entry, submission } = await kantata.approved();
    const { workspaceId } = await kantata.seat();
    const again = { timesheet_submission: { title: 'x', workspace_id: workspaceId, line_item_ids: [Number(entry.id)] } };
    expect((await kantata.call('POST', 'timesheet_submissions', again)).body.errors[0].message).toContain('active submission');
    await kantata.resolve(submission, 'reject');
    await kantata.call('PUT', `time_entries/${entry.id}`, { time_entry: { time_in_minutes: 120 } });
    const next = await kantata.submit([entry]);
    expect(next.id).not.toBe(submission.id);
    expect((await kantata.read('timesheet_submissions', submission.id, 'time_entries')).time_entry_ids).toEqual([]);
    await kantata.resolve(next, 'approve');
    expect(await kantata.read('time_entries', entry.id, 'active_submission')).toMatchObject({
      approved: true,
      time_in_minutes: 120,
      active_submission_id: next.id,
    });
  });

  it('takes one project and one person per timesheet', async () => {
    const entry = await kantata.book();
    const other = await kantata.seat('P-9004');
    const { status, body } = await kantata.call('POST', 'timesheet_submissions', {
      timesheet_submission: { title: 'x', workspace_id: other.workspaceId, line_item_ids: [Number(entry.id)] },
    });
    expect([status, body.errors[0].field]).toEqual([422, 'line_item_ids']);
    expect((await kantata.call('POST', 'timesheet_submissions', { timesheet_submission: { title: 'x' } })).body.errors).toHaveLength(2);
  });

  it('moves time to another project, where it has neither task nor submission, at that project’s rate', async () => {
    const { entry, submission } = await kantata.approved();
    await kantata.resolve(submission, 'cancel');
    const other = await kantata.seat('P-9004');
    const moved = await kantata.made('PUT', `time_entries/${entry.id}?include=workspace,recent_submission,story`, {
      time_entry: { workspace_id: other.workspaceId },
    });
    expect(moved).toMatchObject({ workspace_id: String(other.workspaceId), recent_submission_id: null, story_id: null, currency: 'EUR' });
    expect(moved.rate_in_cents).not.toBe(entry.rate_in_cents);
    expect((await kantata.get(`time_entries?workspace_id=${other.workspaceId}`)).count).toBe(1);
  });

  it('deletes many at once or none, and leaves no trace but an event', async () => {
    const free = [await kantata.book(), await kantata.book()];
    const { entry } = await kantata.approved();
    const ids = (entries: Body[]) => entries.map(({ id }) => id).join(',');
    expect((await kantata.call('DELETE', `time_entries?ids=${ids([...free, entry])}`)).status).toBe(422);
    expect((await kantata.get(`time_entries?only=${ids(free)}`)).count).toBe(2);
    expect((await kantata.call('DELETE', 'time_entries', { ids: ids(free) })).status).toBe(204);
    expect((await kantata.get(`time_entries?only=${ids(free)}`)).count).toBe(0);
    expect(await kantata.notices('time_entry:deleted')).toEqual(free.map(({ id }) => `time_entry:deleted ${id}`));
  });

  it('approves, rejects and cancels many timesheets in one call, all of them or none, as a plain list', async () => {
    const submissions = [await kantata.submit([await kantata.book()]), await kantata.submit([await kantata.book()])];
    const ids = submissions.map(({ id }) => Number(id));
    const resolution = (submission_ids: number[]) => ({ resolution: { submission_ids, description: 'fine' } });
    expect((await kantata.call('POST', 'timesheet_approvals', resolution([...ids, 999]))).status).toBe(422);
    expect((await kantata.get('timesheet_submissions?statuses=new')).count).toBe(2);
    const { body } = await kantata.call('POST', 'timesheet_approvals', resolution(ids));
    expect(body.resolutions).toMatchObject(
      ids.map(target_id => ({ type: 'approval', description: 'fine', target_id, current: true, account_id: 7001 })),
    );
    expect((await kantata.get('time_entries?approved=false')).count).toBe(2);
    expect((await kantata.call('POST', 'timesheet_rejections', resolution([ids[0]]))).body.resolutions[0].type).toBe('rejection');
    expect((await kantata.call('POST', 'timesheet_cancellations', resolution([ids[1]]))).body.resolutions[0].type).toBe('cancellation');
    expect((await kantata.get('time_entries?approved=true')).count).toBe(0);
  });

  it('finds time of projects that need no approval as approved, without saying that it is', async () => {
    const { id } = await kantata.made('POST', 'workspaces', { workspace: { title: 'Free', require_time_approvals: false } });
    const entry = await kantata.book({ workspace_id: Number(id) });
    expect(entry.approved).toBe(false);
    expect(idsOf(await kantata.get('time_entries?approved=true'))).toEqual([entry.id]);
  });

  it('keeps a reference of ours on a submission and on a line, and finds both by it', async () => {
    const { entry, submission } = await kantata.approved();
    const put = (subject_type: string, id: string, fields: object) =>
      kantata.made('POST', 'external_references/create_or_update', {
        external_reference: { subject_type, subject_id: Number(id), service_name: 'throughline', service_model: 'billing', ...fields },
      });
    const first = await put('Submission', submission.id, { service_model_ref: 'tsh_1', status: 'pending', external_status: '0 of 1' });
    const second = await put('Submission', submission.id, { service_model_ref: 'tsh_1', status: 'successful', external_status: '1 of 1' });
    expect([second.id, second.status, second.external_status]).toEqual([first.id, 'successful', '1 of 1']);
    await put('TimeEntry', entry.id, { service_model_ref: 'tim_1' });
    const by = (ref: string) =>
      `external_reference_service_name=throughline&external_reference_service_model=billing&external_reference_service_model_refs=${ref}`;
    expect(idsOf(await kantata.get(`timesheet_submissions?${by('tsh_1')}`))).toEqual([submission.id]);
    expect(idsOf(await kantata.get(`time_entries?${by('tim_1')}`))).toEqual([entry.id]);
    expect((await kantata.read('timesheet_submissions', submission.id)).updated_at).toBe(submission.updated_at);
  });

  it('writes each approval to its ledger, the submission before its lines', async () => {
    const before = kantata.ledger.rows().length;
    const { entry, submission } = await kantata.approved({ external_reference: { service_name: 'x', service_model: 'y', service_model_ref: 'z' } });
    const rows = kantata.ledger.rows().slice(before);
    expect(rows.map(({ operation, type, id }) => [operation, type, id])).toEqual([
      ['create', 'time_entries', entry.id],
      ['create', 'timesheet_submissions', submission.id],
      ['update', 'timesheet_submissions', submission.id],
      ['update', 'time_entries', entry.id],
    ]);
    expect(rows.at(-1)).toMatchObject({ externalId: 'z', before: { approved: false }, after: { approved: true } });
  });

  it('shows previous values in the feed’s payloads', async () => {
    const entry = await kantata.book();
    await kantata.call('PUT', `time_entries/${entry.id}`, { time_entry: { time_in_minutes: 45 } });
    const { results, subscribed_events } = await kantata.get(
      'subscribed_events?event_types=time_entry:updated&include=subject&optional_fields=current_payload,previous_payload,payload_changes',
    );
    const event = subscribed_events[results[0].id];
    expect(JSON.parse(event.payload_changes).time_in_minutes).toEqual([90, 45]);
    expect([JSON.parse(event.previous_payload).time_in_minutes, JSON.parse(event.current_payload).time_in_minutes]).toEqual([90, 45]);
    expect(event.subject_ref).toEqual({ key: 'time_entries', id: entry.id });
  });
});

describe('time and its approval, as chosen', () => {
  it('lets approved time be changed and deleted when that is the choice', async () => {
    const kantataAsTold = await new RunningAccount({ changingApproved: 'allowed' }).start();
    const { entry } = await kantataAsTold.approved();
    const changed = await kantataAsTold.made('PUT', `time_entries/${entry.id}`, { time_entry: { time_in_minutes: 30 } });
    expect(changed).toMatchObject({ time_in_minutes: 30, approved: true });
    expect((await kantataAsTold.call('DELETE', `time_entries/${entry.id}`)).status).toBe(204);
    await kantataAsTold.stop();
  });

  it('keeps approvals when the choice is that they cannot be cancelled', async () => {
    const kantataAsTold = await new RunningAccount({ resolvingApproved: 'refused' }).start();
    const { entry, submission } = await kantataAsTold.approved();
    expect((await kantataAsTold.resolve(submission, 'reject')).status).toBe(422);
    expect((await kantataAsTold.read('time_entries', entry.id)).approved).toBe(true);
    await kantataAsTold.stop();
  });

  it('moves the submission alone when the choice is that approving does not move its lines', async () => {
    const kantataAsTold = await new RunningAccount({ approvalMovesLines: false }).start();
    const { entry, submission } = await kantataAsTold.approved();
    expect(entry).toMatchObject({ approved: true, updated_at: entry.created_at });
    expect(submission.updated_at > submission.created_at).toBe(true);
    expect(await kantataAsTold.notices('time_entry:updated')).toEqual([]);
    await kantataAsTold.stop();
  });
});
