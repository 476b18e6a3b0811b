import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mintId, type Deal } from '#canonical';
import { EventLog, EventPublisher, EventShapes } from '#events';
import { Metrics } from '#service';
import { ExceptionDesk } from '#exceptions';
import { eventually } from '#testing';
import { projectInitiationApp } from '../../../../process/project-initiation/src/project-initiation.app.js';
import { anException, type TestPortal } from '../portal.fixture.js';
import { NORDICS, TAX, deals, needs, records, portalWithExceptions } from './waiting.fixture.js';

let portal: TestPortal;
beforeAll(async () => {
  portal = await portalWithExceptions();
});
afterAll(() => portal?.close());

describe('the desk of an exception', () => {
  const ACTIONS = 'actions { name allowed reason }';

  it('and the integration team may decide it; others are told which desk it is on', async () => {
    const asked = async (person: string): Promise<any> =>
      portal.ask(`{ exceptions(filter: { ids: ["${records[0].id}"] }) { nodes { ${ACTIONS} } } exceptionGroups { nodes { need ${ACTIONS} } } }`, {
        person,
      });
    const allowed = { allowed: true, reason: null };
    for (const person of ['finance', 'integration']) {
      const { exceptions, exceptionGroups } = await asked(person);
      expect(exceptions.nodes[0].actions).toEqual([
        { name: 'retryException', ...allowed },
        { name: 'skipException', ...allowed },
      ]);
      expect(exceptionGroups.nodes[0]).toMatchObject({ need: NORDICS, actions: [{ name: 'retryExceptionGroup', ...allowed }, {}] });
    }
    // The need determines a group's desk: this one is sales operations', although finance sees it.
    const { exceptionGroups } = await asked('finance');
    expect(exceptionGroups.nodes[1]).toEqual({
      need: TAX,
      actions: [{ name: 'retryExceptionGroup', allowed: false, reason: 'This is on the desk of sales-operations: ask them.' }],
    });
  });

  it('refuses mutations of others, before another app is called', async () => {
    const problem = { kind: 'forbidden', code: 'not-your-desk', detail: 'This is on the desk of sales-operations: ask them.' };
    const args = 'reason: "let it go on", idempotencyKey: "d-1"';
    const who = { person: 'finance' };
    expect(await act('retryException', `id: "${records[2].id}", ${args}`, who)).toMatchObject({ result: null, problems: [problem] });
    expect(await act('skipException', `id: "${records[2].id}", ${args}`, who)).toMatchObject({ result: null, problems: [problem] });
    expect(await act('retryExceptionGroup', `need: "${TAX}", ${args}`, who)).toMatchObject({ result: null, problems: [problem] });
  });
});

/** An exception in the process API itself, about a deal that this portal knows. */
async function raiseInApi(deal: Deal, legalEntities: string[], need: string, raiser = projectInitiationApp): Promise<string> {
  const id = mintId('exception', deal.id, need);
  await portal.dataSource.transaction(async em => {
    const {
      state: _,
      openedAt: __,
      history: ___,
      ...rest
    } = anException({ id, app: raiser.name, subject: deal.id, legalEntities, keys: { deal: deal.id, dealName: deal.name } });
    await new ExceptionDesk(portal.dataSource, new EventPublisher(new EventLog(), raiser, new EventShapes(new Metrics())), raiser).raise(em, [
      {
        ...rest,
        needs: needs([need, false]),
        turn: null,
        correlationId: 'spec',
      },
    ]);
  });
  await eventually(async () => (await portal.ask(`{ exception(id: "${id}") { id } }`)).exception !== null);
  return id;
}

/** A question about a deal, as the process API stores it. */
const asked = (dealId: string, attribute: string) =>
  portal.dataSource.query(
    `insert into ownership.decision(record_id, attribute, noun, target, stands, wanted, legal_entities)
     values ($1, $2, 'project', 'psa', 'a', 'b', '{LF-UK}')`,
    [dealId, attribute],
  );

/** The caller hangs up while the exception is being worked on. */
async function abandonRequest(exceptionId: string, query: string): Promise<void> {
  const caller = new AbortController();
  const body = JSON.stringify({ query });
  const headers = { 'content-type': 'application/json', ...(await portal.issuer.bearer({ client: 'operations' })) };
  await portal.dataSource.transaction(async em => {
    await em.query('select 1 from exceptions.exception where id = $1 for update', [exceptionId]);
    const lost = fetch(`${portal.app.url}/graphql`, { method: 'POST', headers, body, signal: caller.signal });
    await eventually(async () => {
      const waiting = await portal.dataSource.query<unknown[]>(
        `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
      );
      return waiting.length > 0;
    });
    caller.abort();
    await expect(lost).rejects.toThrow('aborted');
  });
}

const act = (mutation: string, args: string, who?: Parameters<TestPortal['ask']>[1]) =>
  portal
    .ask(`mutation { did: ${mutation}(${args}) { result { ${RESULT[mutation]} } problems { kind code detail field retryable } } }`, who)
    .then(answer => answer.did);
const RESULT: Record<string, string> = {
  retryException: 'id state history { action by reason }',
  skipException: 'id state history { action by reason }',
  answerException: 'id state',
  retryExceptionGroup: 'need exceptions',
  setMapping: 'kind source target version changedBy',
};

describe('mutations', () => {
  it('answer whether a sold rate applies, from which work date on, and whether approved lines are re-rated', async () => {
    const need = `sold-rate:${deals[3].id}:one`;
    await portal.dataSource.query(
      `insert into ownership.decision(record_id, attribute, noun, target, stands, wanted, legal_entities)
       values ($1, 'one', 'sold-rate', 'throughline', '{"amount":"160.00"}', '{"amount":"170.00"}', '{LF-UK}')`,
      [deals[3].id],
    );
    const id = await raiseInApi(deals[3], ['LF-UK'], need);
    const { exception } = await portal.ask(`{ exception(id: "${id}") { actions { name allowed } } }`, { person: 'finance-uk' });
    expect(exception.actions).toContainEqual({ name: 'answerException', allowed: true });
    const said = `answer: APPLY, reason: "agreed by mail", need: "${need}", from: "2026-12-10", reRate: true, idempotencyKey: "a-1"`;
    const did = await act('answerException', `id: "${id}", ${said}`, { person: 'finance-uk' });
    expect(did).toMatchObject({ result: { id, state: 'RETRYING' }, problems: [] });
    const [decision] = await portal.dataSource.query('select outcome, detail, reason from ownership.decision where record_id = $1', [deals[3].id]);
    expect(decision).toEqual({ outcome: 'apply', detail: { from: '2026-12-10', reRate: true }, reason: 'agreed by mail' });
  });

  it('refuse fields of a sold-rate answer for other questions, naming the field', async () => {
    const need = `question:${deals[3].id}:customerId`;
    const id = await raiseInApi(deals[3], ['LF-UK'], need);
    const did = await act('answerException', `id: "${id}", answer: KEEP, reason: "agreed by mail", reRate: false, idempotencyKey: "u-1"`);
    expect(did).toMatchObject({ result: null, problems: [{ kind: 'unprocessable', code: 'not-asked', field: 'reRate' }] });
    expect((await portal.ask(`{ exception(id: "${id}") { state } }`)).exception.state).toBe('OPEN');
  });

  it('answer a question once although the response was lost, and repeat the response when asked again', async () => {
    const id = await raiseInApi(deals[3], ['LF-UK'], `question:${deals[3].id}:lost`);
    await asked(deals[3].id, 'lost');
    const query = `mutation { did: answerException(id: "${id}", answer: KEEP, reason: "agreed by mail", idempotencyKey: "l-1") {
      result { id state history { action } } problems { detail } } }`;
    await abandonRequest(id, query);
    const did = await eventually(async () => {
      const { did: again } = await portal.ask(query);
      return again.result && again;
    });
    expect(did).toMatchObject({ result: { id, state: 'RETRYING' }, problems: [] });
    expect(did.result.history.filter(({ action }: { action: string }) => action === 'keep')).toHaveLength(1);
    const audited = await portal.dataSource.query(`select 1 from service.audit where what = 'exception-keep' and subject = $1`, [id]);
    expect(audited).toHaveLength(1);
  });

  it('take no answer that is too large, whole or in a part, and change nothing', async () => {
    const id = await raiseInApi(deals[3], ['LF-UK'], `question:${deals[3].id}:large`);
    await asked(deals[3].id, 'large');
    const saying = (reason: string, need = `question:${deals[3].id}:large`) =>
      act('answerException', `id: "${id}", answer: KEEP, reason: "${reason}", need: "${need}", idempotencyKey: "x-1"`);
    expect(await saying('x'.repeat(5_000))).toMatchObject({ result: null, problems: [{ code: 'validation', field: 'reason' }] });
    expect(await saying('agreed by mail', 'x'.repeat(3_000))).toMatchObject({ result: null, problems: [{ code: 'validation', field: 'need' }] });
    const { status, errors } = await portal.answer(
      `mutation { did: answerException(id: "${id}", answer: KEEP, reason: "${'x'.repeat(10_485_760)}", idempotencyKey: "x-1") { problems { code } } }`,
    );
    expect([status, errors]).toEqual([413, undefined]);
    expect((await portal.ask(`{ exception(id: "${id}") { state } }`)).exception.state).toBe('OPEN');
  });

  it('retry an exception as the person who asked, and show the result', async () => {
    const id = await raiseInApi(deals[3], ['LF-UK'], 'spec:one');
    const did = await act('retryException', `id: "${id}", reason: "the back end is back", idempotencyKey: "r-1"`, { person: 'finance-uk' });
    expect(did.problems).toEqual([]);
    expect(did.result).toMatchObject({ id, state: 'RETRYING' });
    expect(did.result.history.at(-1)).toEqual({ action: 'retry', by: 'Imogen Hartley', reason: 'the back end is back' });
  });

  it('act once per idempotency key, and refuse the key for another request', async () => {
    const id = await raiseInApi(deals[3], ['LF-UK'], 'spec:two');
    const args = `id: "${id}", reason: "no longer needed", idempotencyKey: "s-1"`;
    const first = await act('skipException', args);
    const again = await act('skipException', args);
    expect([first.result.state, again.result.state, again.problems]).toEqual(['SKIPPED', 'SKIPPED', []]);
    expect(again.result.history.filter((entry: { action: string }) => entry.action === 'skip')).toHaveLength(1);
    const other = await act('skipException', `id: "${id}", reason: "something else", idempotencyKey: "s-1"`);
    expect(other).toMatchObject({ result: null, problems: [{ kind: 'unprocessable', code: 'idempotency-key-reused' }] });
    const late = await act('skipException', `id: "${id}", reason: "no longer needed", idempotencyKey: "s-2"`);
    expect(late).toMatchObject({
      result: null,
      problems: [{ kind: 'conflict', code: 'exception-not-open', detail: expect.stringContaining('skipped') as string }],
    });
  });

  it('retry a group, the oldest first', async () => {
    await raiseInApi(deals[1], ['LF-UK'], 'spec:group');
    await raiseInApi(deals[2], ['LF-UK'], 'spec:group');
    expect(await act('retryExceptionGroup', 'need: "spec:group", reason: "all of them", idempotencyKey: "g-1"')).toEqual({
      result: { need: 'spec:group', exceptions: 2 },
      problems: [],
    });
    expect(await act('retryExceptionGroup', 'need: "spec:nobody", reason: "all of them", idempotencyKey: "g-2"')).toMatchObject({
      result: null,
      problems: [{ kind: 'not-found' }],
    });
  });

  it('set a mapping, which the process API stores with the person and the reason', async () => {
    const did = await act(
      'setMapping',
      'kind: "billing-method", source: "Pauschal & fest / Wien", target: "fixed-price", reason: "delivers from Berlin", idempotencyKey: "m-1"',
      { person: 'finance' },
    );
    expect(did).toEqual({
      result: { kind: 'billing-method', source: 'Pauschal & fest / Wien', target: 'fixed-price', version: 1, changedBy: 'Ruth Abelson' },
      problems: [],
    });
    const [audit] = await portal.dataSource.query<{ who: unknown; why: string }[]>(`select * from service.audit where subject like '%Wien%'`);
    expect(JSON.stringify(audit)).toContain('delivers from Berlin');
    expect(JSON.stringify(audit)).toContain('Ruth Abelson');
  });

  it("say why a mapping is not theirs to set: it would be another legal entity's", async () => {
    const args = 'kind: "legal-entity", source: "Larkfield Pacific", target: "LF-US", reason: "sells there", idempotencyKey: "m-3"';
    expect(await act('setMapping', args, { person: 'finance-uk' })).toMatchObject({
      result: null,
      problems: [{ kind: 'forbidden', code: 'not-your-entities', detail: expect.stringContaining('LF-US') as string }],
    });
  });

  it('do for nobody what they could not do themselves', async () => {
    const refused = await act(
      'setMapping',
      'kind: "legal-entity", source: "Larkfield Nordics AB", target: "LF-DE", reason: "because", idempotencyKey: "m-2"',
      { person: 'pmo-us' },
    );
    expect(refused).toMatchObject({
      result: null,
      problems: [{ kind: 'forbidden', code: 'scope-missing', detail: expect.stringContaining('mappings.write') as string }],
    });
    const actions = async (who: Parameters<TestPortal['ask']>[1]) =>
      await portal.ask(
        '{ exceptionGroups { nodes { actions { name allowed reason } } } deals(first: 1) { nodes { actions { name allowed reason } } } }',
        who,
      );
    expect((await actions({ person: 'integration' })).exceptionGroups.nodes[0].actions).toContainEqual({
      name: 'setMapping',
      allowed: true,
      reason: null,
    });
    expect((await actions({ person: 'finance-uk' })).deals.nodes[0].actions).toEqual([
      { name: 'createPlan', allowed: false, reason: 'This needs the scope project-initiation.run.' },
    ]);
    expect((await actions({ client: 'portal' })).deals.nodes[0].actions).toEqual([{ name: 'createPlan', allowed: true, reason: null }]);
    expect((await actions({ client: 'partner' })).deals.nodes[0].actions).toEqual([
      { name: 'createPlan', allowed: false, reason: 'This needs the scope portal.act.' },
    ]);
  });

  it("treat another legal entity's exception as if it did not exist", async () => {
    const id = await raiseInApi(deals[3], ['LF-US'], 'spec:foreign');
    const did = await act('retryException', `id: "${id}", reason: "mine now", idempotencyKey: "f-1"`, { person: 'sales-de' });
    expect(did).toMatchObject({ result: null, problems: [{ kind: 'not-found', detail: `There is no exception ${id}.` }] });
    expect((await portal.ask(`{ exception(id: "${id}") { state } }`)).exception.state).toBe('OPEN');
  });

  it('name every wrong input, before another app is called', async () => {
    expect(await act('retryException', 'id: "x", reason: "", idempotencyKey: ""')).toEqual({
      result: null,
      problems: [
        { kind: 'invalid', code: 'validation', detail: 'reason must have 3 to 500 characters', field: 'reason', retryable: false },
        { kind: 'invalid', code: 'validation', detail: 'idempotencyKey must have 1 to 200 characters', field: 'idempotencyKey', retryable: false },
      ],
    });
  });

  it('report an unavailable back end as a problem that may pass', async () => {
    // No CRM runs beside this portal.
    const did = (
      await portal.ask(`mutation { createPlan(dealId: "${deals[0].id}", idempotencyKey: "p-1") { result { hash } problems { kind retryable } } }`)
    ).createPlan;
    expect(did.result).toBeNull();
    expect(did.problems[0].kind).toMatch(/not-found|vendor-unavailable/);
    expect((await portal.ask('{ plan(hash: "no-such-plan") { hash } }')).plan).toBeNull();
  });
});
