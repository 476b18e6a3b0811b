import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mintId, type ExceptionRecord } from '#canonical';
import { anException, raised, type TestPortal } from '../portal.fixture.js';
import { NORDICS, TAX, deals, needs, records, portalWithExceptions } from './waiting.fixture.js';

let portal: TestPortal;
beforeAll(async () => {
  portal = await portalWithExceptions();
});
afterAll(() => portal?.close());

const groups = async (args = ''): Promise<any[]> =>
  (
    await portal.ask(`{ exceptionGroups(by: NEED${args}) { nodes { id need items waiting oldest dueAt owner parkedBehind cure { code text } money { amount currency items estimated }
    actions { name allowed reason } exceptions(first: 10) { nodes { id } totalCount { value } } } totalCount { value } facets(by: [OWNER]) { values { value count } } } }`)
  ).exceptionGroups.nodes;

describe('exceptions', () => {
  it('are listed by urgency, with all that is wrong, their desk and the money that waits', async () => {
    const { exceptions } =
      await portal.ask(`{ exceptions(filter: { state: [OPEN, WAITING, RETRYING] }) { nodes { id owner category overdue reasons { code field text } keys { name value }
      money { amount currency items } needs { need owner met cure { text } } parkedBehind subject { id kind title } history { at action by } } totalCount { value } totals { amount currency items estimated }
      facets(by: [OWNER, CATEGORY]) { name values { value count } } } }`);
    expect(exceptions.nodes.map((node: { id: string }) => node.id)).toEqual([records[0].id, ...[records[1].id, records[2].id].sort()]);
    expect(exceptions.nodes[0]).toMatchObject({
      owner: 'FINANCE',
      category: 'MISSING_REFERENCE',
      overdue: true,
      parkedBehind: 2,
      subject: { id: deals[0].id, kind: 'DEAL', title: 'Affair 0' },
      reasons: [
        {
          code: 'mapping.legal-entity-missing',
          field: 'deal.legalEntity',
          text: 'Aurora harbour: the legal entity "Larkfield Nordics AB" has no mapping.',
        },
      ],
      needs: [{ need: NORDICS, owner: 'FINANCE', met: false, cure: { text: 'Set the legal-entity mapping for "Larkfield Nordics AB".' } }],
      history: [{ action: 'opened' }],
    });
    // Two exceptions of one deal don't double its money at stake.
    expect(exceptions.totals).toEqual([
      { amount: '1000.00', currency: 'EUR', items: 1, estimated: false },
      { amount: '50.00', currency: 'GBP', items: 1, estimated: true },
    ]);
    expect(exceptions.facets).toContainEqual({
      name: 'owner',
      values: [
        { value: 'FINANCE', count: 2 },
        { value: 'SALES_OPERATIONS', count: 1 },
      ],
    });
  });

  it('state correlation id and trace where known', async () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const traced = anException({
      id: mintId('exception', 'traced'),
      subject: deals[2].id,
      state: 'resolved',
      correlationId: 'affair-7',
      traceparent,
    });
    const { correlationId: _, ...older } = anException({ id: mintId('exception', 'older'), subject: deals[2].id, state: 'resolved' });
    await portal.publish(raised(traced), raised(older as ExceptionRecord));
    const affairOf = async (id: string): Promise<unknown> => (await portal.ask(`{ exception(id: "${id}") { correlationId traceparent } }`)).exception;
    expect(await affairOf(traced.id)).toEqual({ correlationId: 'affair-7', traceparent });
    expect(await affairOf(older.id)).toEqual({ correlationId: null, traceparent: null });
  });

  it('are found by need, by desk, by being overdue and by any business key', async () => {
    const ids = async (filter: string): Promise<string[]> =>
      (await portal.ask(`{ exceptions(filter: ${filter}) { nodes { id } } }`)).exceptions.nodes.map((node: { id: string }) => node.id);
    expect(await ids(`{ need: ["${TAX}"] }`)).toEqual([records[2].id]);
    expect(await ids('{ owner: [SALES_OPERATIONS] }')).toEqual([records[2].id]);
    expect(await ids(`{ subject: ["${deals[2].id}"] }`)).toContain(records[3].id);
    expect((await ids('{ text: "aurora", state: [OPEN] }')).sort()).toEqual([records[0].id, records[1].id].sort());
    expect(await ids('{ overdue: true, flow: ["another"] }')).toEqual([records[1].id]);
  });
});

describe('groups of exceptions', () => {
  it('sum per need: how many, how much, since when, which desk, and the cure', async () => {
    const [nordics, tax] = await groups();
    expect(nordics).toMatchObject({
      need: NORDICS,
      items: 2,
      waiting: 1,
      owner: 'FINANCE',
      oldest: '2026-11-01T08:00:00.000Z',
      dueAt: '2026-11-01T16:00:00.000Z',
      parkedBehind: 2,
      cure: { code: 'cure.mapping', text: 'Set the legal-entity mapping for "Larkfield Nordics AB".' },
      money: [
        { amount: '1000.00', currency: 'EUR', items: 1, estimated: false },
        { amount: '50.00', currency: 'GBP', items: 1, estimated: true },
      ],
      exceptions: { totalCount: { value: 3 } },
    });
    expect(tax).toMatchObject({ need: TAX, items: 0, waiting: 1, owner: 'SALES_OPERATIONS' });
    expect(await groups(', filter: { owner: [SALES_OPERATIONS] }')).toHaveLength(1);
    expect((await groups(', order: { by: ITEMS, direction: DESCENDING }, first: 1'))[0].need).toBe(NORDICS);
  });

  it('follow every change of their exceptions: moved, resolved, met', async () => {
    const met = { ...records[1], needs: needs([NORDICS, true]) };
    await portal.publish(raised(met), raised({ ...records[2], state: 'resolved' }));
    expect(await groups()).toEqual([
      expect.objectContaining({ need: NORDICS, items: 1, waiting: 0, parkedBehind: 2, money: [expect.objectContaining({ amount: '1000.00' })] }),
    ]);
    await portal.publish(raised({ ...records[0], state: 'resolved' }));
    expect(await groups()).toEqual([]);
    await portal.publish(...records.slice(0, 3).map(raised));
    expect((await groups()).map(group => [group.need, group.items, group.waiting])).toEqual([
      [NORDICS, 2, 1],
      [TAX, 0, 1],
    ]);
  });
});

describe('the viewer’s actions', () => {
  const actions = async (who: Parameters<TestPortal['ask']>[1]): Promise<unknown> =>
    await portal.ask(
      `{ exception(id: "${records[3].id}") { actions { name allowed reason } } exceptionGroups { nodes { actions { name allowed reason } } } deals(first: 1) { nodes { actions { name allowed } } } }`,
      who,
    );

  it('are stated by the server, with the reason when one is not allowed', async () => {
    expect(await actions({ client: 'operations' })).toMatchObject({
      exception: {
        actions: [
          { name: 'retryException', allowed: false, reason: 'It is resolved, so there is nothing to decide.' },
          { name: 'skipException', allowed: false },
        ],
      },
      exceptionGroups: {
        nodes: [
          {
            actions: [
              { name: 'retryExceptionGroup', allowed: true, reason: null },
              { name: 'setMapping', allowed: true, reason: null },
            ],
          },
          {},
        ],
      },
      deals: { nodes: [{ actions: [{ name: 'createPlan', allowed: true }] }] },
    });
  });
});
