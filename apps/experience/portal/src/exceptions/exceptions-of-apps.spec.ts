import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mintId, money, type Desk } from '#canonical';
import { EventLog, EventPublisher, EventShapes } from '#events';
import { ExceptionDesk } from '#exceptions';
import { type App, Metrics } from '#service';
import { eventually, type TokenRequest } from '#testing';
import { projectInitiationApp } from '../../../../process/project-initiation/src/project-initiation.app.js';
import { timeToBillingApp } from '../../../../process/time-to-billing/src/time-to-billing.app.js';
import { aLine, anException, linesEvent, testPortal, type TestPortal } from '../portal.fixture.js';

// Two process apps with exceptions of their own, some with the same need.
const LF_SWEDEN = 'mapping:legal-entity:Larkfield Sverige AB';
const line = (name: string): string => mintId('time-entry', 'kantata', '7001', name);

let portal: TestPortal;
beforeAll(async () => {
  portal = await testPortal({ beside: [projectInitiationApp, timeToBillingApp], env: { TIME_TO_BILLING_EXPENSE_COST: 'record' } });
});
afterAll(() => portal?.close());

interface Raising {
  subject: string;
  need: string;
  legalEntities?: string[];
  desk?: Desk;
}

/** Raised as the app itself does, by its own desk. */
async function raisedBy(app: App, { subject, need, legalEntities = ['LF-UK'], desk = 'finance' }: Raising): Promise<string> {
  const id = mintId('exception', app.name, subject, need);
  const { state: _, openedAt: __, history: ___, ...rest } = anException({ id, app: app.name, subject, desk, legalEntities, keys: { line: subject } });
  const needs = [{ need, desk, met: false, cure: { code: 'cure.mapping', params: { mapping: 'legal-entity', source: 'Larkfield Sverige AB' } } }];
  await portal.dataSource.transaction(em =>
    new ExceptionDesk(portal.dataSource, new EventPublisher(new EventLog(), app, new EventShapes(new Metrics())), app).raise(em, [
      {
        ...rest,
        money: [{ ...money('160', 'GBP'), items: 1, estimated: true }],
        needs,
        turn: null,
      },
    ]),
  );
  await eventually(async () => (await portal.ask(`{ exception(id: "${id}") { id } }`)).exception !== null);
  return id;
}

const act = async (mutation: string, args: string, who?: TokenRequest): Promise<any> =>
  (
    await portal.ask(
      `mutation { did: ${mutation}(${args}) { result { ${mutation === 'retryExceptionGroup' ? 'exceptions' : 'id app state'} } problems { kind code detail } } }`,
      who,
    )
  ).did;
const stateOf = async (id: string): Promise<string> => (await portal.ask(`{ exception(id: "${id}") { state } }`)).exception.state;
const auditOf = async (subject: string): Promise<string[]> =>
  (await portal.dataSource.query<{ app: string }[]>('select app from service.audit where subject = $1 order by app', [subject])).map(row => row.app);

describe('a decision about an exception', () => {
  it.each([projectInitiationApp, timeToBillingApp])('is carried out by the app that raised it: $name', async app => {
    const [first, second] = [
      await raisedBy(app, { subject: line(`one ${app.name}`), need: 'x:1' }),
      await raisedBy(app, { subject: line(`two ${app.name}`), need: 'x:2' }),
    ];
    expect(await act('retryException', `id: "${first}", reason: "it is there now", idempotencyKey: "a-1 ${app.name}"`)).toEqual({
      result: { id: first, app: app.name, state: 'RETRYING' },
      problems: [],
    });
    expect(await act('skipException', `id: "${second}", reason: "never mind it", idempotencyKey: "a-2 ${app.name}"`)).toMatchObject({
      result: { id: second, state: 'SKIPPED' },
    });
    expect(await auditOf(first)).toEqual([app.name]);
  });

  it('about a group is carried out by every app with exceptions of it, once per key', async () => {
    const deal = await raisedBy(projectInitiationApp, { subject: mintId('deal', 'swedish'), need: LF_SWEDEN });
    const lines = [
      await raisedBy(timeToBillingApp, { subject: line('s1'), need: LF_SWEDEN }),
      await raisedBy(timeToBillingApp, { subject: line('s2'), need: LF_SWEDEN }),
    ];
    const { exceptionGroups } = await portal.ask(
      `{ exceptionGroups(filter: { need: ["${LF_SWEDEN}"] }) { nodes { items money { amount items estimated } exceptions(first: 5) { facets(by: [FLOW]) { values { count } } nodes { app } } } } }`,
    );
    expect(exceptionGroups.nodes[0]).toMatchObject({ items: 3, money: [{ amount: '480.00', items: 3, estimated: true }] });
    const again = () => act('retryExceptionGroup', `need: "${LF_SWEDEN}", reason: "mapped at last", idempotencyKey: "g-1"`);
    expect(await again()).toEqual({ result: { exceptions: 3 }, problems: [] });
    await eventually(async () => (await stateOf(deal)) === 'RETRYING' && (await stateOf(lines[0])) === 'RETRYING');
    // The other lines wait for the first one.
    expect(await stateOf(lines[1])).toBe('OPEN');
    expect(await again()).toEqual({ result: { exceptions: 3 }, problems: [] });
    expect(await auditOf(LF_SWEDEN)).toEqual(['project-initiation', 'time-to-billing']);
  });

  it('is completed, and its answer kept, although the caller hung up in the middle', async () => {
    const id = await raisedBy(timeToBillingApp, { subject: line('hung up'), need: 'x:6' });
    const args = `id: "${id}", reason: "it is there now", idempotencyKey: "h-1"`;
    const other = portal.dataSource.createQueryRunner();
    await other.query('begin');
    await other.query('select 1 from exceptions.exception where id = $1 for update', [id]);
    const caller = new AbortController();
    const headers = { 'content-type': 'application/json', ...(await portal.issuer.bearer({ client: 'operations' })) };
    const body = JSON.stringify({ query: `mutation { retryException(${args}) { problems { kind } } }` });
    const asked = fetch(`${portal.app.url}/graphql`, { method: 'POST', headers, body, signal: caller.signal }).catch(() => 'hung up');
    await eventually(async () => {
      const waiting = await portal.dataSource.query<unknown[]>(
        `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
      );
      return waiting.length > 0;
    });
    caller.abort();
    expect(await asked).toBe('hung up');
    await other.query('rollback');
    await other.release();
    await eventually(async () => (await stateOf(id)) === 'RETRYING');
    expect(await auditOf(id)).toEqual(['time-to-billing']);
    expect(await act('retryException', args)).toMatchObject({ result: { id }, problems: [] });
    expect(await auditOf(id)).toEqual(['time-to-billing']);
  });

  it('is refused for another desk and for another legal entity, by every app', async () => {
    const foreign = await raisedBy(timeToBillingApp, { subject: line('us'), need: 'x:3', legalEntities: ['LF-US'] });
    const pmos = await raisedBy(timeToBillingApp, { subject: line('pmo'), need: 'x:4', desk: 'pmo' });
    const args = 'reason: "let it go on", idempotencyKey: "f-1"';
    expect((await act('retryException', `id: "${foreign}", ${args}`, { person: 'finance-uk' })).problems).toMatchObject([{ kind: 'not-found' }]);
    expect((await act('retryException', `id: "${pmos}", ${args}`, { person: 'finance-uk' })).problems).toMatchObject([{ code: 'not-your-desk' }]);
    expect([await stateOf(foreign), await stateOf(pmos)]).toEqual(['OPEN', 'OPEN']);
  });

  it('shows on the journey of the line and of its timesheet', async () => {
    const subject = line('with sheet');
    const timesheetId = mintId('timesheet', 'kantata', '7001', '9');
    const exceptionId = await raisedBy(timeToBillingApp, { subject, need: 'x:5' });
    await portal.publish(linesEvent(aLine({ id: subject, timesheetId, state: 'blocked', block: { exceptionId, desk: 'finance', reasons: [] } })));
    for (const of of [subject, timesheetId]) {
      const { journey } = await portal.ask(`{ journey(of: "${of}") { blocking { id app owner } } }`);
      expect(journey.blocking).toEqual([{ id: exceptionId, app: 'time-to-billing', owner: 'FINANCE' }]);
    }
    expect((await act('skipException', `id: "${exceptionId}", reason: "not worth it", idempotencyKey: "j-1"`)).result.state).toBe('SKIPPED');
    await eventually(async () => {
      const { journey } = await portal.ask(`{ journey(of: "${subject}") { blocking { id } steps { nodes { kind } } } }`);
      return journey.blocking.length === 0 && journey.steps.nodes.some(({ kind }: { kind: string }) => kind === 'journey.exception-skipped');
    });
  });
});

describe('whether the queue to the ERP is held', () => {
  it('is answered by time-to-billing, with the reason', async () => {
    const flow = async (who?: TokenRequest): Promise<unknown> =>
      (await portal.ask('{ billingQueue { flow { state reason } } }', who)).billingQueue.flow;
    expect(await flow()).toEqual({ state: 'FLOWING', reason: null });
    await portal.dataSource.query(`insert into billing.hold(name, reason, since) values ('erp', 'Maintenance until 04:00.', now())`);
    expect(await flow({ person: 'finance-uk' })).toEqual({ state: 'HELD', reason: 'Maintenance until 04:00.' });
  });
});

describe('whether the viewer may set a mapping', () => {
  const action = async (need: string, who: TokenRequest): Promise<unknown> => {
    const { exceptionGroups } = await portal.ask(
      `{ exceptionGroups(filter: { need: ["${need}"] }) { nodes { actions { name allowed reason } } } }`,
      who,
    );
    return exceptionGroups.nodes[0].actions.find(({ name }: { name: string }) => name === 'setMapping');
  };
  const set = async (kind: string, source: string, target: string, who: TokenRequest): Promise<unknown> => {
    const args = `kind: "${kind}", source: "${source}", target: "${target}", reason: "as agreed", idempotencyKey: "${kind} ${source} ${JSON.stringify(who).replaceAll('"', '')}"`;
    return (await portal.ask(`mutation { did: setMapping(${args}) { problems { code } } }`, who)).did.problems[0]?.code;
  };
  const allowed = { name: 'setMapping', allowed: true, reason: null };
  const UK: TokenRequest = { person: 'finance-uk' };
  const ALL: TokenRequest = { person: 'finance' };

  it.each([
    [
      'legal-entity:Larkfield Albion',
      UK,
      { ...allowed, allowed: false, reason: 'Rows with this word are nobody’s yet: ask somebody who may see what is unassigned.' },
    ],
    ['legal-entity:Larkfield Albion', ALL, allowed],
    ['tax-code:LF-UK:GB:services', UK, allowed],
    ['tax-code:LF-DE:DE:services', UK, { ...allowed, allowed: false, reason: 'This mapping concerns LF-DE: ask somebody who sees them.' }],
    ['tax-code:LF-DE:DE:services', ALL, allowed],
    ['role:SVC-NOVEL', UK, { ...allowed, allowed: false, reason: 'All legal entities share this mapping: ask somebody who sees all of them.' }],
    ['role:SVC-NOVEL', ALL, allowed],
    [
      'expense-category:Aeroplane',
      UK,
      { ...allowed, allowed: false, reason: 'All legal entities share this mapping: ask somebody who sees all of them.' },
    ],
  ])('%s, by %o', async (mapping, who, expected) => {
    const need = `mapping:${mapping}`;
    await raisedBy(timeToBillingApp, { subject: line(need), need });
    expect(await action(need, who)).toEqual(expected);
    // The API agrees: it refuses exactly the mappings that are shown as not theirs.
    const [kind, ...source] = mapping.split(':');
    const code = await set(kind, source.join(':'), kind === 'legal-entity' ? 'LF-UK' : 'X-1', who);
    expect(code === 'not-your-entities').toBe(!expected.allowed);
  });
});
