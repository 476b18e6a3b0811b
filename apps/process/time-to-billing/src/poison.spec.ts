import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { CanonicalEvent } from '#apis';
import { cleanText, shortened, mintId, type TimeEntry } from '#canonical';
import { EventLog } from '#events';
import { signal } from '#persistence';
import { eventually } from '#testing';
import { TOPICS } from './jobs/topics.js';
import { AS_OF, someTime, testBilling, type TestBilling } from './time-to-billing.fixture.js';

/** Many of one day, so each is short. */
const short = (name: string, over: Partial<TimeEntry> = {}): TimeEntry => someTime(name, { workedMinutes: 6, ...over });

let billing: TestBilling;
beforeAll(async () => void (billing = await testBilling({ env: { LOG_LEVEL: 'silent' } })));
afterAll(() => billing.close());
afterEach(() => Promise.all(mending.splice(0).map(mend => mend())));

const mending: (() => Promise<unknown>)[] = [];

/** Makes Postgres refuse every write of these lines, as it refuses an invalid value. */
async function refuse(table: 'line' | 'posting', column: string, ids: string[]): Promise<() => Promise<unknown>> {
  const name = `refuse_${table}`;
  await billing.dataSource.query(`
    create function billing.${name}() returns trigger language plpgsql as $$ begin
      raise exception 'a value that is out of range' using errcode = '22003'; end $$;
    create trigger ${name} before insert or update on billing.${table} for each row
      when (new.${column} in (${ids.map(id => `'${id}'`).join(', ')})) execute function billing.${name}()`);
  const mend = () => billing.dataSource.query(`drop trigger if exists ${name} on billing.${table}; drop function if exists billing.${name}`);
  mending.push(mend);
  return mend;
}

const changed = (state: TimeEntry): CanonicalEvent => ({
  id: `${state.id}:1`,
  source: '/spec',
  type: 'time-entry.changed.v1',
  key: state.id,
  time: new Date().toISOString(),
  data: { state, changed: [] },
  legalEntities: ['LF-UK'],
  correlationId: 'spec',
});

const exceptionOf = (native: string) =>
  eventually(async () => {
    const { body } = await billing.rest('GET', '/exceptions?state=open');
    const found = body.items.find((one: { reasons: { text: string }[] }) => one.reasons.some(({ text }) => text.includes(native)));
    if (!found) throw new Error(`no exception names ${native}: ${JSON.stringify(body.items)}`);
    return found as { id: string; desk: string; reasons: { text: string }[]; needs: { cure: string }[] };
  });
const retry = (id: string) =>
  billing.rest('POST', `/exceptions/${id}/actions`, { as: { person: 'integration' }, body: { action: 'retry', reason: 'mended' } });

const native = (nativeId: string) => [{ system: 'kantata', account: 'larkfield', type: 'time_entry', nativeId }];

describe('a line that Postgres refuses', () => {
  it('is set aside at intake, and the others of its batch are billed; a retry takes it in', async () => {
    const [bad, ...good] = Array.from({ length: 12 }, (_, n) => short(`taken-${n}`, { refs: native(`70${n}`) }));
    const mend = await refuse('line', 'id', [bad.id]);
    for (const entry of [good[0], bad, ...good.slice(1)]) await billing.approve(entry);
    for (const { id } of good) await billing.reaches(id, 'posted');
    const exception = await exceptionOf('time_entry 700 of kantata');
    expect(exception).toMatchObject({ desk: 'integration', reasons: [{ text: expect.stringContaining('out of range') }] });
    expect(exception.needs[0].cure).toContain('Correct time_entry 700 in kantata');
    expect((await billing.rest('GET', '/queue')).body).toMatchObject({
      state: 'flowing',
      setAside: 1,
      setAsideNouns: [{ noun: 'time_entry', records: 1 }],
    });
    await mend();
    expect((await retry(exception.id)).status).toBe(200);
    await billing.reaches(bad.id, 'posted');
    await eventually(async () => (await billing.rest('GET', `/exceptions/${exception.id}`)).body.state === 'resolved');
    expect((await billing.rest('GET', '/queue')).body).not.toHaveProperty('setAside');
  });

  it('is set aside when it is assessed, and the others of its batch are billed; a retry assesses it', async () => {
    const [bad, ...good] = Array.from({ length: 12 }, (_, n) => short(`checked-${n}`, { refs: native(`80${n}`) }));
    const mend = await refuse('posting', 'line_id', [bad.id]);
    for (const entry of [good[0], bad, ...good.slice(1)]) await billing.approve(entry);
    for (const { id } of good) await billing.reaches(id, 'posted');
    const line = await billing.reaches(bad.id, 'blocked');
    const exception = await exceptionOf('time_entry 800 of kantata');
    expect(line.block).toMatchObject({ exceptionId: exception.id, desk: 'integration' });
    expect((await billing.rest('GET', '/queue')).body.setAsideNouns).toEqual([{ noun: 'time_entry', records: 1 }]);
    const metrics = await fetch(`${billing.app.url}/metrics`, { headers: await billing.issuer.bearer({ client: 'operations' }) });
    expect(await metrics.text()).toContain('throughline_set_aside_open{place="job time-to-billing.assessor",noun="time_entry"} 1');
    const ready = await fetch(`${billing.app.url}/readyz`);
    expect([ready.status, await ready.json()]).toMatchObject([200, { details: { records: { degraded: 'set aside: time_entry 1' } } }]);
    await mend();
    await retry(exception.id);
    await billing.reaches(bad.id, 'posted');
  });

  /** The ERP has it, and it can't be noted that it has. */
  const unsettled = async (bad: TimeEntry, good: TimeEntry[]): Promise<() => Promise<unknown>> => {
    billing.around.away = true;
    for (const entry of [good[0], bad, ...good.slice(1)]) await billing.approve(entry);
    for (const { id } of [bad, ...good]) await billing.reaches(id, 'ready');
    await eventually(
      async () => (await billing.dataSource.query(`select 1 from billing.posting where line_id = $1 and state = 'claimed'`, [bad.id])).length > 0,
    );
    const mend = await refuse('posting', 'line_id', [bad.id]);
    billing.around.away = false;
    for (const { id } of good) await billing.reaches(id, 'posted');
    return mend;
  };

  it('is set aside when its outcome is recorded, and the others of its batch are posted; a retry records it', async () => {
    const [bad, ...good] = Array.from({ length: 6 }, (_, n) => short(`settled-${n}`, { refs: native(`90${n}`) }));
    const mend = await unsettled(bad, good);
    const exception = await exceptionOf(`tl-${bad.id}-v1`);
    await mend();
    await retry(exception.id);
    await billing.reaches(bad.id, 'posted');
    expect(billing.around.history.filter(one => one.includes(bad.id))).toEqual([`post tl-${bad.id}-v1`]);
  });

  it('goes to finance when its outcome was skipped, and is no longer in flight', async () => {
    const [bad, good] = [short('passed-outcome'), short('beside-passed-outcome')];
    const mend = await unsettled(bad, [good]);
    const exception = await exceptionOf(`tl-${bad.id}-v1`);
    await mend();
    const skip = { action: 'skip', reason: 'seen in the ERP' };
    await billing.rest('POST', `/exceptions/${exception.id}/actions`, { as: { person: 'integration' }, body: skip });
    expect((await billing.reaches(bad.id, 'blocked')).block).toMatchObject({ desk: 'finance' });
  });

  it('is retried by the next release', async () => {
    const bad = short('released', { refs: native('1000') });
    const mend = await refuse('line', 'id', [bad.id]);
    await billing.approve(bad);
    await exceptionOf('time_entry 1000 of kantata');
    await mend();
    await billing.dataSource.query(`update events.set_aside set release = 'the one before'`);
    const next = short('after-release');
    await billing.approve(next);
    expect((await billing.reaches(bad.id, 'posted')).version).toBe(1);
  });
});

describe('lines of which too many fail to be assessed', () => {
  it('wait as they are: the job stops, the queue names it, and it goes on when a person says so', async () => {
    const lines = Array.from({ length: 25 }, (_, n) => short(`many-${n}`, { timesheetId: mintId('timesheet', 'spec', 'many') }));
    const mend = await refuse(
      'posting',
      'line_id',
      lines.map(({ id }) => id),
    );
    await billing.dataSource.transaction(em =>
      new EventLog().append(
        em,
        lines.map(entry => changed(entry)),
      ),
    );
    const exception = await exceptionOf('job time-to-billing.assessor is stopped');
    expect((await billing.rest('GET', '/queue')).body).toMatchObject({ state: 'held', reason: expect.stringContaining('could not be taken') });
    // Others' lines are a number to whom they are not shown.
    const reasonFor = async (as?: { person: string }): Promise<string> => (await billing.rest('GET', '/queue', { as })).body.reason;
    const all = await reasonFor();
    const [foreign, own] = lines.map(({ id }) => id).filter(id => all.includes(id));
    const give = (to: string) => billing.dataSource.query(`update billing.line set legal_entities = array[$2] where id = $1`, [foreign, to]);
    await give('LF-US');
    const [uk, us, de] = await Promise.all(['finance-uk', 'pmo-us', 'sales-de'].map(person => reasonFor({ person })));
    expect([uk.includes(foreign), uk.includes(own), / and \d+ more$/.test(uk)]).toEqual([false, true, true]);
    expect([us.includes(foreign), us.includes(own)]).toEqual([true, false]);
    expect(de).toMatch(/^job time-to-billing\.assessor is stopped: \d+ (of \d+|within a minute) could not be taken$/);
    await give('LF-UK');
    await mend();
    // Lines assessed while others were locked for a moment were still few enough to count as faulty
    // by themselves.
    for (const { id } of lines) {
      const { block } = await billing.line(id);
      if (block) await retry(block.exceptionId);
    }
    await retry(exception.id);
    for (const { id } of lines) await billing.reaches(id, 'posted');
    expect((await billing.rest('GET', '/queue')).body).toMatchObject({ state: 'flowing' });
    await eventually(async () => (await billing.rest('GET', `/exceptions/${exception.id}`)).body.state === 'resolved');
  });
});

describe('a line that the ERP app cannot read', () => {
  it('is set aside by itself; the others of its batch are posted', async () => {
    const [bad, ...good] = Array.from({ length: 8 }, (_, n) => short(`unreadable-${n}`));
    billing.around.unreadable.add(`tl-${bad.id}-v1`);
    billing.around.away = true;
    for (const entry of [good[0], bad, ...good.slice(1)]) await billing.approve(entry);
    for (const { id } of [bad, ...good]) await billing.reaches(id, 'ready');
    billing.around.away = false;
    for (const { id } of good) await billing.reaches(id, 'posted');
    expect((await billing.reaches(bad.id, 'blocked')).block).toMatchObject({ reasons: [{ text: expect.stringContaining('memo') }] });
    expect((await billing.rest('GET', '/queue')).body.state).toBe('flowing');
  });
});

describe('a timesheet whose status the PSA app refuses', () => {
  it('is set aside by itself, and its status is sent when a person retries', async () => {
    const sheet = mintId('timesheet', 'spec', 'refused');
    billing.around.refusesStatus.set(sheet, { kind: 'unprocessable' });
    const entry = short('sheet', { timesheetId: sheet });
    await billing.approve(entry);
    await billing.reaches(entry.id, 'posted');
    const exception = await exceptionOf(sheet);
    billing.around.refusesStatus.clear();
    await retry(exception.id);
    await eventually(() => billing.around.told.some(({ id }) => id === sheet));
  });
});

describe('timesheets of which the PSA app refuses too many', () => {
  it('stop the job, which the queue names, until a person says so', async () => {
    await billing.dataSource.query(`update events.set_aside set at = at - interval '1 hour'`);
    const sheets = Array.from({ length: 25 }, (_, n) => mintId('timesheet', 'spec', `too-many-${n}`));
    for (const sheet of sheets) billing.around.refusesStatus.set(sheet, { kind: 'unprocessable' });
    const lines = sheets.map((timesheetId, n) => short(`too-many-${n}`, { timesheetId }));
    await billing.dataSource.transaction(em =>
      new EventLog().append(
        em,
        lines.map(entry => changed(entry)),
      ),
    );
    const exception = await exceptionOf('job time-to-billing.status-back is stopped');
    for (const { id } of lines) await billing.reaches(id, 'posted');
    await statusBackTurns();
    // Nothing that becomes due is sent.
    const refused = billing.around.statusRefused;
    await billing.dataSource.query(`update billing.status_back set due_at = clock_timestamp() where subject = any($1)`, [sheets]);
    await statusBackTurns();
    expect(billing.around.statusRefused).toBe(refused);
    const parked = await billing.dataSource.query<{ subject: string }[]>(
      `select subject from billing.status_back s where subject = any($1) and not exists (select 1 from events.set_aside where key = s.subject)`,
      [sheets],
    );
    expect(parked.length).toBeGreaterThan(0);
    billing.around.refusesStatus.clear();
    await retry(exception.id);
    for (const { subject } of parked) await eventually(() => billing.around.told.some(({ id }) => id === subject));
    await eventually(async () => (await billing.rest('GET', `/exceptions/${exception.id}`)).body.state === 'resolved');
  });

  /** Until the job began twice more, so that one look was made whole. */
  async function statusBackTurns(): Promise<void> {
    for (const _ of [1, 2]) {
      await billing.dataSource.query(`insert into billing.status_moved(subject, kind) values ('none', 'timesheet')`);
      await signal(billing.dataSource.manager, TOPICS.statusBack);
      await eventually(async () => (await billing.dataSource.query<unknown[]>('select 1 from billing.status_moved')).length === 0, {
        withinMs: 30_000,
      });
    }
  }
});

describe('a removal that the ERP app cannot read', () => {
  /** Posted, and then corrected: its first version is to be taken out. */
  const corrected = async (name: string): Promise<TimeEntry> => {
    const entry = short(name);
    await billing.approve(entry);
    await billing.reaches(entry.id, 'posted');
    billing.around.unreadable.add(`tl-${entry.id}-v1`);
    await billing.approve({ ...entry, workedMinutes: 12 });
    return entry;
  };

  it('is set aside by itself on a desk, other lines go on, and a retry removes the line', async () => {
    const { id } = await corrected('not-removed');
    const exception = await exceptionOf(`tl-${id}-v1`);
    expect(exception).toMatchObject({ desk: 'integration', reasons: [{ text: expect.stringContaining('memo must be shorter') }] });
    const other = short('beside-not-removed');
    await billing.approve(other);
    await billing.reaches(other.id, 'posted');
    expect((await billing.rest('GET', '/queue')).body).toMatchObject({ state: 'flowing' });
    expect((await billing.line(id)).state).toBe('correcting');
    billing.around.unreadable.clear();
    expect((await retry(exception.id)).status).toBe(200);
    expect((await billing.reaches(id, 'posted')).version).toBe(2);
    expect(billing.around.history.filter(one => one.includes(id))).toEqual([`post tl-${id}-v1`, `remove tl-${id}-v1`, `post tl-${id}-v2`]);
    await eventually(async () => (await billing.rest('GET', `/exceptions/${exception.id}`)).body.state === 'resolved');
  });

  it('goes to finance for a credit once a person skips it', async () => {
    const { id } = await corrected('passed-over');
    const exception = await exceptionOf(`tl-${id}-v1`);
    const skip = { action: 'skip', reason: 'credited by hand' };
    await billing.rest('POST', `/exceptions/${exception.id}/actions`, { as: { person: 'integration' }, body: skip });
    expect((await billing.reaches(id, 'needs-credit')).block).toMatchObject({ desk: 'finance' });
  });
});

describe('lines from before texts were cleaned', () => {
  const notes = ['Mu\u0308ller '.repeat(10), 'Mu\u0308ller, Dvor\u030ca\u0301k '.repeat(80), `${'a'.repeat(299)}😀 tail`, 'one\r\ntwo\u0007'];

  it('cause no write at the ERP when they are posted and invoiced and everything is read again', async () => {
    const lines = notes.map((note, n) => short(`old-${n}`, { note: note.slice(0, 1_000), person: { email: 'Rene\u0301@larkfield.example' } }));
    for (const line of lines) await billing.approve({ ...line, note: cleanText(line.note!) });
    for (const { id } of lines) await billing.reaches(id, 'posted');
    const invoiced = [`tl-${lines[0].id}-v1`, `tl-${lines[1].id}-v1`];
    for (const one of invoiced) billing.around.billed.add(one);
    const money = { amount: '1', currency: 'GBP' };
    const invoice = {
      id: 'inv-old',
      number: 'OLD-1',
      status: 'open' as const,
      date: AS_OF,
      total: money,
      amountDue: money,
      transactions: invoiced,
      refs: [],
    };
    await billing.publish('invoice.changed.v1', 'inv-old', { state: invoice, changed: [] });
    await billing.reaches(lines[0].id, 'billed');
    // As an earlier release stored them: uncleaned texts, and the hash of another recipe.
    for (const { id, note, person } of lines)
      await billing.dataSource.query(
        `update billing.line set content_hash = md5($1), entry = entry || jsonb_build_object('note', $2::text, 'person', $3::jsonb) where id = $1`,
        [id, note, JSON.stringify(person)],
      );
    const before = [...billing.around.history];
    for (const [n, line] of lines.entries())
      await billing.approve({ ...line, note: shortened(cleanText(notes[n]), 1_000), person: { email: cleanText(line.person.email) } });
    const after = short('after-the-sweep');
    await billing.approve(after);
    await billing.reaches(after.id, 'posted');
    expect(billing.around.history.slice(before.length)).toEqual([`post tl-${after.id}-v1`]);
    for (const { id } of lines) expect((await billing.line(id)).version).toBe(1);
  });
});

describe('in any mix of lines that can and cannot be billed', () => {
  it('each good one is posted once, and each bad one is named, despite an outage', async () => {
    const kinds = ['good', 'good', 'good', 'taken', 'checked', 'unreadable'] as const;
    let round = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(fc.constantFrom(...kinds), { minLength: 8, maxLength: 16 }), async mix => {
        round++;
        const lines = mix.map((kind, n) => ({
          kind,
          entry: short(`mix-${round}-${n}`, { refs: native(`mix-${round}-${n}`), timesheetId: mintId('timesheet', 'mix', String(round)) }),
        }));
        const of = (kind: (typeof kinds)[number]) => lines.filter(line => line.kind === kind).map(({ entry }) => entry);
        await refuse('line', 'id', ['none', ...of('taken').map(({ id }) => id)]);
        await refuse('posting', 'line_id', ['none', ...of('checked').map(({ id }) => id)]);
        for (const { id } of of('unreadable')) billing.around.unreadable.add(`tl-${id}-v1`);
        billing.around.away = true;
        for (const { entry } of lines) await billing.approve(entry);
        billing.around.away = false;
        for (const { id } of of('good')) await billing.reaches(id, 'posted');
        for (const entry of of('taken')) await exceptionOf(`time_entry ${entry.refs[0].nativeId} of kantata`);
        for (const entry of [...of('checked'), ...of('unreadable')]) await billing.reaches(entry.id, 'blocked');
        for (const { id } of of('good')) expect(billing.around.history.filter(one => one.includes(id))).toEqual([`post tl-${id}-v1`]);
        expect((await billing.dataSource.query(`select 1 from billing.posting where state = 'claimed'`)).length).toBe(0);
        for (const mend of mending.splice(0)) await mend();
        // What was set aside counts for a minute, and the three rounds are within one.
        await billing.dataSource.query(`update events.set_aside set at = at - interval '1 hour'`);
      }),
      { numRuns: 3 },
    );
  });
});
