import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mintId, money } from '#canonical';
import { eventually } from '#testing';
import { CANDIDATES, CorrectionStore } from './correction.store.js';
import { aFinancialProject, anExpense, AS_OF, someTime, testBilling, type TestBilling } from '../time-to-billing.fixture.js';

const external = (id: string, version: number) => `tl-${id}-v${version}`;

let billing: TestBilling;
beforeAll(async () => {
  billing = await testBilling();
  billing.around.takesReversals = true;
});
afterAll(() => billing.close());

async function project(name: string): Promise<string> {
  const id = mintId('project', 'spec', name);
  await billing.publish('financial-project.changed.v1', id, { state: { ...aFinancialProject(), id, refs: [] }, changed: [] });
  return id;
}

async function state(name: string, subject: string, amount: string, over: object = {}): Promise<void> {
  const body = { level: 'project', subject, role: 'ARCHITECT', unit: 'hour', amount, currency: 'GBP', from: '2026-01-01', ...over };
  await eventually(async () => (await billing.rest('PUT', `/rates/${name}`, { body })).status === 200);
}

async function posted(name: string, projectId: string, over: object = {}): Promise<string> {
  const entry = someTime(name, { projectId, ...over });
  await billing.approve(entry);
  await billing.reaches(entry.id, 'posted');
  return entry.id;
}

async function billed(name: string, projectId: string): Promise<string> {
  const lineId = await posted(name, projectId);
  const id = mintId('invoice', 'spec', name);
  const total = money('320', 'GBP');
  const invoice = { id, number: name, status: 'open' as const, projectId, date: AS_OF, total, amountDue: total, refs: [] };
  billing.around.billed.add(external(lineId, 1));
  await billing.publish('invoice.changed.v1', id, { state: { ...invoice, transactions: [external(lineId, 1)] }, changed: [] });
  await billing.reaches(lineId, 'billed');
  return lineId;
}

const reRated = (lineId: string) =>
  eventually(async () => {
    const line = await billing.reaches(lineId, 'posted');
    return line.version === 2 && line;
  });
const blocked = (lineId: string) =>
  eventually(async () => {
    const line = await billing.line(lineId);
    return line.block && line;
  });
const decide = async (line: Record<string, any>, action: 'retry' | 'skip') => {
  const answer = await billing.rest('POST', `/exceptions/${line.block.exceptionId}/actions`, {
    as: { person: 'finance-uk' },
    body: { action, reason: 'agreed with the customer' },
  });
  expect(answer.status).toBe(200);
};
const said = (line: Record<string, any>, code: string): string | undefined =>
  line.explanation.find((one: { code: string }) => one.code === code)?.text;
const corrections = async (...lines: string[]) => {
  const { body } = await billing.rest('GET', '/price-corrections?limit=200');
  return body.items.filter(({ lineId }: { lineId: string }) => lines.includes(lineId));
};

/** Waits until every change was looked at. */
const looked = () =>
  eventually(async () => {
    const [{ left }] = await billing.dataSource.query<[{ left: number }]>(
      `select (select count(*) from billing.price_change where correction is null)::int + (select count(*) from billing.correction where projects <> '{}')::int "left"`,
    );
    return left === 0;
  });

describe('a rate that is corrected after lines were priced by it', () => {
  it('re-rates lines on no invoice, asks about the others, and lists each line with the difference', async () => {
    const projectId = await project('corrected');
    await state('corrected', projectId, '160.00');
    const unbilled = await posted('unbilled', projectId);
    const kept = await billed('kept', projectId);
    const changed = await billed('changed', projectId);
    const earlier = await posted('earlier', await project('beside'));

    await state('corrected', projectId, '150.00');
    const line = await reRated(unbilled);
    expect(line.money).toEqual(money('300', 'GBP'));
    expect(said(line, 'price.re-rated')).toBe('Priced anew: it was 320.00 GBP before stated:corrected was corrected.');
    expect(billing.around.history.filter(one => one.includes(unbilled))).toEqual([
      `post ${external(unbilled, 1)}`,
      `remove ${external(unbilled, 1)}`,
      `post ${external(unbilled, 2)}`,
    ]);
    const [asked, other] = [await blocked(kept), await blocked(changed)];
    expect(asked).toMatchObject({ state: 'billed', version: 1, money: money('320', 'GBP'), block: { desk: 'finance' } });
    expect(asked.block.reasons[0].text).toBe('Ada, 2026-11-02: priced at 320.00 GBP; since stated:corrected was corrected it would be 300.00 GBP.');

    await decide(asked, 'skip');
    const left = await eventually(async () => {
      const now = await billing.line(kept);
      return !now.block && now;
    });
    expect(left).toMatchObject({ state: 'billed', version: 1, money: money('320', 'GBP') });
    expect(said(left, 'price.corrected-kept')).toBe('Since stated:corrected was corrected it would be 300.00 GBP; it was left at 320.00 GBP.');
    await decide(other, 'retry');
    expect((await reRated(changed)).money).toEqual(money('300', 'GBP'));
    expect(billing.around.held.get(`${external(changed, 1)}-r`)).toMatchObject({ amount: money('-320', 'GBP') });
    expect((await billing.rest('GET', `/exceptions/${other.block.exceptionId}`)).body.state).toBe('resolved');

    const difference = { was: money('320', 'GBP'), now: money('300', 'GBP'), difference: money('-20', 'GBP'), version: 1, what: 'stated:corrected' };
    expect(await corrections(unbilled, kept, changed, earlier)).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ lineId: unbilled, state: 're-rated', ...difference }),
        expect.objectContaining({ lineId: kept, state: 'kept', ...difference }),
        expect.objectContaining({ lineId: changed, state: 're-rated', ...difference }),
      ]),
    );
    expect((await billing.line(earlier)).version).toBe(1);
    expect(await corrections(earlier)).toEqual([]);
    expect(billing.around.doubled).toEqual([]);
  });

  it('is noticed when it is stated late, ended early, removed, or replaced by a card; an equal replacement affects nothing', async () => {
    const projectId = await project('late');
    const first = await posted('late-1', projectId, { workDate: '2026-11-02' });
    const second = await posted('late-2', projectId, { workDate: '2026-11-04' });
    await state('late', projectId, '170.00', { from: '2026-11-03' });
    expect((await reRated(second)).money).toEqual(money('340', 'GBP'));
    await state('late', projectId, '170.00', { from: '2026-11-03', to: '2026-11-03' });
    const version = (id: string, wanted: number) =>
      eventually(async () => {
        const line = await billing.reaches(id, 'posted');
        return line.version === wanted && line;
      });
    expect((await version(second, 3)).money).toEqual(money('300', 'GBP'));
    await state('late-too', projectId, '165.00', { from: '2026-11-04' });
    await version(second, 4);
    expect((await billing.rest('DELETE', '/rates/late-too')).status).toBe(204);
    expect((await version(second, 5)).money).toEqual(money('300', 'GBP'));
    expect(await billing.line(first)).toMatchObject({ version: 1, money: money('300', 'GBP') });

    const onCard = await posted('on-card', await project('card'));
    await card('150');
    await card('155');
    expect((await reRated(onCard)).money).toEqual(money('310', 'GBP'));
    expect(await corrections(onCard)).toHaveLength(1);
    await card('150');
    await version(onCard, 3);
  });

  it('is not shown to other legal entities, whose rates were corrected at the same moment', async () => {
    const projectId = await project('own-correction');
    await state('own-correction', projectId, '160.00');
    const lineId = await posted('own-correction', projectId);
    await billing.dataSource.transaction(async em => {
      await em.query(
        `insert into billing.rate(id, level, subject, role, unit, amount, currency, from_date, origin, legal_entities)
         values ('stated:foreign', 'project', $1, 'ANALYST', 'hour', 1, 'USD', '2026-01-01', 'stated', '{LF-US}')`,
        [projectId],
      );
      await em.query(`update billing.rate set amount = 150 where id = 'stated:own-correction'`);
    });
    await reRated(lineId);
    expect((await corrections(lineId)).map(({ what }: { what: string }) => what)).toEqual(['stated:own-correction']);
  });

  it('has the lines of many projects checked together, each once, in the order of projects and days', async () => {
    const projects = await Promise.all(['c', 'a', 'none', 'b'].map(name => project(`together-${name}`)));
    const lines: string[] = [];
    for (const [n, days] of [['2026-11-03', '2026-11-02', '2026-11-04'], ['2026-11-02'], [], ['2026-11-05', '2026-11-02']].entries())
      for (const workDate of days.toSorted()) lines.push(await posted(`together-${n}-${workDate}`, projects[n], { workDate, workedMinutes: 10 }));
    const store = billing.app.app.get(CorrectionStore);
    const walked = (limit: number): Promise<string[][]> =>
      billing.dataSource.transaction(async em => {
        const insert = `insert into billing.correction(what, projects, from_date) values ('spec', $1, '2026-11-01') returning id::text`;
        const [{ id }] = await em.query<[{ id: string }]>(insert, [projects]);
        const steps: string[][] = [];
        for (let next = await store.next(em); next?.id === id; next = await store.next(em)) {
          const some = await store.candidates(em, next, limit);
          steps.push(some.map(line => line.id));
          await store.recordProgress(em, next, some.length === limit ? some.at(-1)! : null);
        }
        return steps;
      });
    await eventually(async () => (await billing.dataSource.query<unknown[]>(`select 1 from billing.correction where projects <> '{}'`)).length === 0);
    expect(await walked(200)).toEqual([lines]);
    expect(await walked(2)).toEqual([lines.slice(0, 2), lines.slice(2, 4), lines.slice(4), []]);
  });

  it('may be an expense term too', async () => {
    const projectId = await project('terms');
    const expense = anExpense('terms', { projectId, amount: money('100', 'GBP') });
    await billing.approve(expense);
    await billing.reaches(expense.id, 'posted');
    const body = { level: 'project', subject: projectId, treatment: 'mark-up', percent: '10', from: '2026-01-01' };
    expect((await billing.rest('PUT', '/expense-terms/late', { body })).status).toBe(200);
    expect((await reRated(expense.id)).money).toEqual(money('110', 'GBP'));
  });
});

describe('a mapping that prices depend on', () => {
  /** As finance sets it in the app that serves mappings, in any spelling. */
  const map = async (kind: string, source: string, target: string | null) => {
    const [before] = await billing.dataSource.query<{ target: string }[]>('select target from mappings.mapping where (kind, source) = ($1, $2)', [
      kind,
      source,
    ]);
    if (target === null) await billing.dataSource.query('delete from mappings.mapping where (kind, source) = ($1, $2)', [kind, source]);
    else
      await billing.dataSource.query(
        `insert into mappings.mapping(kind, source, target, changed_by) values ($1, $2, $3, 'spec')
         on conflict (kind, source) do update set target = excluded.target`,
        [kind, source, target],
      );
    const key = `mapping:${kind}:${source}`;
    await billing.publish('mapping.changed.v1', key, { kind, source, target, previous: before?.target ?? null }, []);
  };

  it('counts as corrected too: the rate card of a legal entity', async () => {
    const onCard = await posted('mapped-card', await project('mapped-card'), { workDate: '2026-11-05' });
    const own = await project('mapped-own');
    await state('mapped-own', own, '160.00', { level: 'contract' });
    const other = await posted('mapped-own', own, { workDate: '2026-11-05' });
    await billing.publish('rate-card.changed.v1', 'RC-NEW', {
      state: {
        id: 'RC-NEW:2026',
        code: 'RC-NEW',
        currency: 'GBP',
        effectiveFrom: '2026-01-01',
        rates: [{ role: 'ARCHITECT', ratePerHour: money('140', 'GBP') }],
      },
      changed: [],
    });
    await eventually(async () => (await billing.dataSource.query<object[]>(`select 1 from billing.rate where subject = 'RC-NEW'`)).length > 0);
    await looked();
    await map('rate-card', 'LF-UK', 'RC-NEW');
    const line = await reRated(onCard);
    expect(line.money).toEqual(money('280', 'GBP'));
    expect(said(line, 'price.re-rated')).toBe('Priced anew: it was 300.00 GBP before mapping rate-card LF-UK was corrected.');
    expect(await corrections(onCard, other)).toMatchObject([
      { lineId: onCard, state: 're-rated', was: money('300', 'GBP'), now: money('280', 'GBP'), difference: money('-20', 'GBP') },
    ]);
    expect((await billing.line(other)).version).toBe(1);
    await map('rate-card', 'LF-UK', 'RC-UK');
    await eventually(async () => (await billing.reaches(onCard, 'posted')).version === 3);
    expect((await billing.line(onCard)).money).toEqual(money('300', 'GBP'));
  });

  it('is found for the legal entity of the card, in any spelling of its name and any locale of the database', async () => {
    const id = mintId('project', 'spec', 'spelt');
    const { dimensions, ...told } = aFinancialProject();
    const state = { ...told, id, dimensions: { ...dimensions, legalEntity: 'LF-ØK' }, refs: [] };
    await billing.publish('financial-project.changed.v1', id, { state, changed: [] });
    await eventually(async () => (await billing.dataSource.query<object[]>('select 1 from billing.project where id = $1', [id])).length > 0);
    await looked();
    const undone = billing.dataSource.createQueryRunner();
    await undone.startTransaction();
    try {
      const row = (amount: string) => ({ level: 'card', subject: 'RC-OEK', from_date: '2026-01-01', amount });
      await undone.query(`insert into mappings.mapping(kind, source, target, changed_by) values ('rate-card', 'lf-øk', 'RC-OEK', 'spec')`);
      await undone.query(`insert into billing.price_change(what, id, before, after, legal_entities) values ('rate', 'spelt', $1, $2, '{}')`, [
        row('100'),
        row('120'),
      ]);
      expect(await billing.app.app.get(CorrectionStore).gather(undone.manager)).toBe(true);
      expect(await undone.query(`select projects from billing.correction where what = 'spelt'`)).toEqual([{ projects: [id] }]);
    } finally {
      await undone.rollbackTransaction();
      await undone.release();
    }
  });

  it('counts as corrected too: the meaning of a role in cards and deals; after it is put right nothing is asked any more', async () => {
    const lineId = await posted('mapped-role', await project('mapped-role'), { workDate: '2026-11-06' });
    await map('role', 'architect', 'DESIGNER');
    const asked = await blocked(lineId);
    expect(asked.block.reasons[0].text).toBe('Ada, 2026-11-06: priced at 300.00 GBP; since mapping role architect was corrected it has no price.');
    await map('role', 'architect', null);
    const settled = await eventually(async () => {
      const line = await billing.line(lineId);
      return !line.block && line;
    });
    expect(settled).toMatchObject({ version: 1, state: 'posted', money: money('300', 'GBP') });
    expect(await corrections(lineId)).toEqual([]);
    expect((await billing.rest('GET', `/exceptions/${asked.block.exceptionId}`)).body.state).toBe('resolved');
  });
});

describe('a posted line that today’s rules would price otherwise', () => {
  it('is listed with the difference and left as it is, even when a rate is corrected that it does not depend on', async () => {
    const projectId = await project('older-rules');
    await state('older-rules', projectId, '160.00');
    const lineId = await posted('older-rules', projectId, { workDate: '2026-11-09' });
    // As a release with other rules left it.
    await billing.dataSource.query(
      `update billing.line set priced = jsonb_set(priced, '{transaction,amount,amount}', '"321.00"'), amount = 321 where id = $1`,
      [lineId],
    );
    const listed = async () => {
      const { status, body } = await billing.rest('GET', '/price-differences?limit=200', { as: { person: 'finance-uk' } });
      expect(status).toBe(200);
      return body.items.filter((one: { projectId: string }) => one.projectId === projectId);
    };
    expect(await listed()).toEqual([
      { lineId, version: 1, projectId, was: money('321', 'GBP'), now: money('320', 'GBP'), difference: money('-1', 'GBP') },
    ]);
    await state('older-rules-other', projectId, '80.00', { role: 'ANALYST' });
    await looked();
    expect(await billing.line(lineId)).toMatchObject({ version: 1, state: 'posted', money: money('321', 'GBP') });
    expect(await listed()).toHaveLength(1);
    expect((await billing.rest('GET', '/price-differences', { as: { person: 'pmo-us' } })).body.items).toEqual([]);
  });
});

describe('a correction of a project with many lines', () => {
  it('does not read again the lines that it has checked', async () => {
    const { dataSource } = billing;
    await dataSource.query(`
      insert into billing.line(id, kind, version, content_hash, sequence, approved, entry, assessment, state, since, revision, told, project_id, email, work_date,
        minutes, legal_entities, correlation_id)
      select 'many-' || lpad(n::text, 4, '0'), 'time', 1, '', 1, true, '{}', 'priced', 'posted', now(), 1, true, 'many', 'many', '2026-01-01', 1, '{}', ''
      from generate_series(1, 4000) n`);
    await dataSource.query('analyze billing.line');
    const [{ 'QUERY PLAN': plan }] = await dataSource.query<[{ 'QUERY PLAN': unknown }]>(`explain (analyze, format json) ${CANDIDATES}`, [
      ['many'],
      '2026-01-01',
      '2026-01-01',
      'many-3000',
      200,
    ]);
    const read = [...JSON.stringify(plan).matchAll(/"Rows Removed by Filter":(\d+)/g)].reduce((sum, [, rows]) => sum + Number(rows), 0);
    expect(JSON.stringify(plan)).toContain('line_project');
    expect(read).toBe(0);
  });
});

const card = (amount: string) =>
  billing.publish('rate-card.changed.v1', 'RC-UK', {
    state: {
      id: 'RC-UK:2026',
      code: 'RC-UK',
      currency: 'GBP',
      effectiveFrom: '2026-01-01',
      rates: [{ role: 'ARCHITECT', ratePerHour: money(amount, 'GBP') }],
    },
    changed: [],
  });
