import { randomUUID } from 'node:crypto';
import { mintId, money, type ExternalRef } from '#canonical';
import { aBillingCustomer, aFinancialProject, aProject, aStaffingRequest, eventually } from '#testing';
import type { Readable } from './reads.table.js';
import type { RightsHouse } from './rights-house.fixture.js';
import type { Owned, Things } from './rights.table.js';

const SELLER = 'Larkfield Ltd';

type Noun = Parameters<typeof mintId>[0];

/** Puts there what is only read: beside each record of LF-UK one that is nobody's. */
export async function readable({ dataSource, call }: RightsHouse, things: Things): Promise<Readable> {
  const items = async (path: string): Promise<any[]> =>
    (await call({ method: 'GET', path: `${path}?limit=200` }, { client: 'operations' })).body.items;
  /** A record as last seen, and one like it without a legal entity. */
  const seen = async (system: string, noun: string, prefix: Noun, state: object, nobodys: object): Promise<Owned<string>> => {
    const ids = { uk: mintId(prefix, 'readable', 'uk'), unassigned: mintId(prefix, 'readable', 'unassigned'), none: mintId(prefix, 'none') };
    for (const [id, one, entities] of [
      [ids.uk, state, ['LF-UK']],
      [ids.unassigned, nobodys, []],
    ] as const)
      await dataSource.query(
        `insert into capture.shadow(system, noun, id, state, version, legal_entities, seen_at) values ($1, $2, $3, $4, 1, $5, now())`,
        [system, noun, id, { ...one, id }, entities],
      );
    return ids;
  };
  const ofEntity = async (system: string, noun: string, prefix: Noun, state: object) =>
    seen(system, noun, prefix, { ...state, legalEntity: 'LF-UK' }, { ...state, legalEntity: '' });
  const refs: ExternalRef[] = [];
  const of = { projectId: mintId('project', 'none'), person: { email: 'alex.morgan@larkfield.example' }, refs };
  const expense = { expenseDate: '2026-11-02', category: 'Travel', amount: money('12', 'GBP'), approval: 'pending' };
  const invoice = {
    number: 'INV-1',
    status: 'open',
    date: '2026-11-30',
    total: money('12', 'GBP'),
    amountDue: money('12', 'GBP'),
    transactions: [],
    refs,
  };
  const { dimensions, ...financialProject } = { ...aFinancialProject(), refs };

  const deals = await items('/system/crm/v1/deals');
  const sold = new Map(
    Object.entries(Object.groupBy(deals, deal => deal.customer.id as string)).map(([id, own]) => [id, own!.map(deal => deal.legalEntity)]),
  );
  const ofUkAlone = [...sold].find(([, sellers]) => sellers.every(seller => seller === SELLER))![0];

  const plan = { uk: 'a'.repeat(64), unassigned: 'b'.repeat(64), none: 'c'.repeat(64) };
  const batch = { uk: randomUUID(), unassigned: randomUUID(), none: randomUUID() };
  for (const whose of ['uk', 'unassigned'] as const) {
    const entities = whose === 'uk' ? ['LF-UK'] : [];
    await dataSource.query(
      `insert into initiation.plan(id, hash, deal_id, desired, parts, effects, legal_entities) values ($1, $2, $3, '{}', '{}', '[]', $4)`,
      [randomUUID(), plan[whose], things.deal[whose], entities],
    );
    await dataSource.query(
      `insert into connector.batch(system, account, id, hash, legal_entities, fence, lease_until, sent_at, unsettled_until, done, done_at, outcomes)
       select 'netsuite', $3, $1, 'x', $2, 0, now(), '{}', now(), true, now(), '[]'`,
      [batch[whose], entities, process.env.NETSUITE_ACCOUNT],
    );
    const [{ source, id }] = await dataSource.query<{ source: string; id: string }[]>(
      `select source, id from events.event where type = 'exception.changed.v1' and legal_entities = $1::text[] limit 1`,
      [entities],
    );
    await dataSource.query(
      `insert into flow.turn(subscription, key, seq, event_source, event_id, state, correlation_id)
       values ('project-initiation.deal-to-project', $1, 1, $2, $3, 'skipped', 'rights')`,
      [things.deal[whose], source, id],
    );
  }
  await eventually(async () => {
    const rows = await dataSource.query<unknown[]>(`select 1 from billing.line where id = any($1) and assessment <> 'none'`, [
      [things.timeEntry.uk, things.timeEntry.unassigned],
    ]);
    return rows.length === 2;
  });
  await dataSource.query(`update billing.line set legal_entities = '{}' where id = $1`, [things.timeEntry.unassigned]);
  // Each was priced at something that it would not be priced at now.
  for (const line of [things.timeEntry.uk, things.timeEntry.unassigned]) {
    const was = { amount: '1.00', currency: 'GBP' };
    await dataSource.query(`update billing.line set assessment = 'priced', priced = $2 where id = $1`, [
      line,
      { transaction: { amount: was }, explanation: [], intercompany: null },
    ]);
    await dataSource.query(
      `insert into billing.posting(external_id, line_id, version, kind, operation, state, transaction, amount, currency, capped)
       values ('tl-' || $1 || '-v1', $1, 1, 'time', 'remove', 'removed', '{}', 1, 'GBP', false)`,
      [line],
    );
    const [{ id }] = await dataSource.query<[{ id: string }]>(
      `insert into billing.correction(what, projects, from_date) values ('stated:rights', '{}', '2026-01-01') returning id`,
    );
    await dataSource.query(`insert into billing.price_difference(line_id, version, correction, was, state) values ($1, 1, $2, $3, 'asked')`, [
      line,
      id,
      was,
    ]);
  }

  return {
    deal: things.deal,
    customer: { uk: ofUkAlone, unassigned: '', none: mintId('customer', 'none') },
    rateCard: { uk: 'RC-UK', unassigned: '', none: 'RC-NONE' },
    plan,
    exception: things.exceptionOf,
    line: { ...things.timeEntry },
    ratedProject: things.project,
    worker: things.worker,
    psaProject: await ofEntity('psa', 'project', 'project', { ...aProject(), timeBooked: false, refs }),
    staffingRequest: await ofEntity('psa', 'staffing-request', 'staffing-request', { ...aStaffingRequest(), refs }),
    timeEntry: things.timeEntry,
    expense: await ofEntity('psa', 'expense', 'expense', { ...of, ...expense, billable: true, reimbursable: true, receiptAttached: false }),
    assignment: await ofEntity('psa', 'assignment', 'assignment', of),
    billingCustomer: await ofEntity('erp', 'billing-customer', 'customer', { ...aBillingCustomer(), refs }),
    erpProject: await seen(
      'erp',
      'financial-project',
      'project',
      { ...financialProject, dimensions },
      { ...financialProject, dimensions: { ...dimensions, legalEntity: '' } },
    ),
    invoice: await ofEntity('erp', 'invoice', 'invoice', invoice),
    batch,
  };
}
