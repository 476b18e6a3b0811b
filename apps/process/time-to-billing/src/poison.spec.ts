import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { mintId, type TimeEntry } from '#canonical';
import { eventually } from '#testing';
import { someTime, testBilling, type TestBilling } from './time-to-billing.fixture.js';

/** Many of one day, so each is short. */
const short = (name: string, over: Partial<TimeEntry> = {}): TimeEntry => someTime(name, { workedMinutes: 6, ...over });

let billing: TestBilling;
beforeAll(async () => void (billing = await testBilling({ env: { LOG_LEVEL: 'silent' } })));
afterAll(() => billing.close());
afterEach(() => Promise.all(mending.splice(0).map(mend => mend())));

const mending: (() => Promise<unknown>)[] = [];

/** Has Postgres refuse whatever is written of these lines, as it refuses a value that it can't take. */
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
  it('is set aside when it is taken in, and the others of its batch are billed; a retry takes it', async () => {
    const [bad, ...good] = Array.from({ length: 12 }, (_, n) => short(`taken-${n}`, { refs: native(`70${n}`) }));
    const mend = await refuse('line', 'id', [bad.id]);
    for (const entry of [good[0], bad, ...good.slice(1)]) await billing.approve(entry);
    for (const { id } of good) await billing.reaches(id, 'posted');
    const exception = await exceptionOf('time_entry 700 of kantata');
    expect(exception).toMatchObject({ desk: 'integration', reasons: [{ text: expect.stringContaining('out of range') }] });
    expect(exception.needs[0].cure).toContain('Correct time_entry 700 in kantata');
    expect((await billing.rest('GET', '/queue')).body).toMatchObject({ state: 'flowing', setAside: 1 });
    await mend();
    expect((await retry(exception.id)).status).toBe(200);
    await billing.reaches(bad.id, 'posted');
    expect((await billing.rest('GET', `/exceptions/${exception.id}`)).body.state).toBe('resolved');
    expect((await billing.rest('GET', '/queue')).body).not.toHaveProperty('setAside');
  });

  it('is set aside when it is checked, and the others that are checked with it are billed; a retry takes it', async () => {
    const [bad, ...good] = Array.from({ length: 12 }, (_, n) => short(`checked-${n}`, { refs: native(`80${n}`) }));
    const mend = await refuse('posting', 'line_id', [bad.id]);
    for (const entry of [good[0], bad, ...good.slice(1)]) await billing.approve(entry);
    for (const { id } of good) await billing.reaches(id, 'posted');
    const line = await billing.reaches(bad.id, 'blocked');
    const exception = await exceptionOf('time_entry 800 of kantata');
    expect(line.block).toMatchObject({ exceptionId: exception.id, desk: 'integration' });
    await mend();
    await retry(exception.id);
    await billing.reaches(bad.id, 'posted');
  });

  it('is set aside when its outcome is noted, and the others of its batch are posted; a retry notes it', async () => {
    const [bad, ...good] = Array.from({ length: 6 }, (_, n) => short(`settled-${n}`, { refs: native(`90${n}`) }));
    billing.around.away = true;
    for (const entry of [good[0], bad, ...good.slice(1)]) await billing.approve(entry);
    for (const { id } of [bad, ...good]) await billing.reaches(id, 'ready');
    await eventually(
      async () => (await billing.dataSource.query(`select 1 from billing.posting where line_id = $1 and state = 'claimed'`, [bad.id])).length > 0,
    );
    const mend = await refuse('posting', 'line_id', [bad.id]);
    billing.around.away = false;
    for (const { id } of good) await billing.reaches(id, 'posted');
    const exception = await exceptionOf(`tl-${bad.id}-v1`);
    await mend();
    await retry(exception.id);
    await billing.reaches(bad.id, 'posted');
    expect(billing.around.history.filter(one => one.includes(bad.id))).toEqual([`post tl-${bad.id}-v1`]);
  });

  it('is taken with the next release', async () => {
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

describe('a line that the ERP app can not read', () => {
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

describe('a timesheet that the PSA app refuses to be told of', () => {
  it('is set aside by itself, and told when a person retries', async () => {
    const sheet = mintId('timesheet', 'spec', 'refused');
    billing.around.refusesStatus.add(sheet);
    const entry = short('sheet', { timesheetId: sheet });
    await billing.approve(entry);
    await billing.reaches(entry.id, 'posted');
    const exception = await exceptionOf(sheet);
    billing.around.refusesStatus.clear();
    await retry(exception.id);
    await eventually(() => billing.around.told.some(({ path }) => path.includes(sheet)));
  });
});
