import type { Deal } from '#canonical';
import { MappingTable } from '#mappings';
import { defined, type PortalBatch } from './batch.js';

interface DealEntities {
  id: string;
  customer_id: string;
  sold_by: string | null;
  said_entities: string[];
}

/**
 * Projects deals as the CRM last stated them. A deal also states its customer, which is used until
 * the customer's own event arrives.
 */
export async function projectDeals(batch: PortalBatch, remapped: string[]): Promise<void> {
  const events = batch.latest('deal.won.v1', 'deal.changed.v1', 'deal.reopened.v1', 'deal.lost.v1');
  if (events.length > 0) {
    await batch.subjects(
      events.map(({ data: { state: deal, deleted }, time }) => ({
        id: deal.id,
        kind: 'deal' as const,
        title: deal.name,
        words: defined(deal.purchaseOrder, deal.customer.name, deal.id),
        gone: deleted === true,
        at: time,
      })),
    );
    await batch.refs(
      'crm',
      events.map(({ data: { state } }) => ({ subject: state.id, refs: state.refs })),
    );
    await batch.em.query(UPSERT, [
      JSON.stringify(events.map(({ data, pos, legalEntities }) => rowOf(data.state, pos, legalEntities, data.deleted === true))),
    ]);
    await customersOf(
      batch,
      events.map(({ data, time }) => ({ customer: data.state.customer, time })),
    );
  }
  await concerns(batch, [...new Set([...events.map(({ data }) => data.state.id), ...remapped])]);
}

const UPSERT = `
  insert into portal.deal as d (id, seq, name, stage, close_date, customer_id, sold_by, billing_method, amount, currency, owner, modified_at, data, said_entities, gone)
  select id, seq, name, stage, close_date, customer_id, sold_by, billing_method, amount, currency, owner, modified_at, data,
    array(select jsonb_array_elements_text(said_entities)), gone
  from jsonb_to_recordset($1::jsonb) as r(id text, seq bigint, name text, stage text, close_date date, customer_id text, sold_by text, billing_method text,
    amount numeric, currency text, owner text, modified_at timestamptz, data jsonb, said_entities jsonb, gone boolean)
  on conflict (id) do update set seq = excluded.seq, name = excluded.name, stage = excluded.stage, close_date = excluded.close_date,
    customer_id = excluded.customer_id, sold_by = excluded.sold_by, billing_method = excluded.billing_method, amount = excluded.amount,
    currency = excluded.currency, owner = excluded.owner, modified_at = excluded.modified_at, data = excluded.data,
    said_entities = excluded.said_entities, gone = excluded.gone
  where excluded.seq >= d.seq`;

const rowOf = (deal: Deal, seq: string, saidEntities: string[], gone: boolean) => ({
  id: deal.id,
  seq,
  name: deal.name,
  stage: deal.stage,
  close_date: deal.closeDate,
  customer_id: deal.customer.id,
  sold_by: deal.legalEntity ?? null,
  billing_method: deal.billingMethod ?? null,
  amount: deal.amount.amount,
  currency: deal.amount.currency,
  owner: deal.owner?.name ?? null,
  modified_at: deal.modifiedAt,
  data: { ...deal, customer: undefined },
  said_entities: saidEntities,
  gone,
});

async function customersOf(batch: PortalBatch, stated: { customer: Deal['customer']; time: string }[]): Promise<void> {
  const rows = [...new Map(stated.map(row => [row.customer.id, row])).values()];
  const unknown = await batch.em.query<{ id: string }[]>(
    `insert into portal.customer(id, name, crm, crm_seq, changed_at)
     select id, name, crm, 0, at from jsonb_to_recordset($1::jsonb) as r(id text, name text, crm jsonb, at timestamptz) on conflict do nothing returning id`,
    [JSON.stringify(rows.map(({ customer, time }) => ({ id: customer.id, name: customer.name, crm: customer, at: time })))],
  );
  const fresh = rows.filter(({ customer }) => unknown.some(({ id }) => id === customer.id));
  await batch.subjects(
    fresh.map(({ customer, time }) => ({
      id: customer.id,
      kind: 'customer' as const,
      title: customer.name,
      words: defined(customer.legalName, customer.taxRegistration, customer.id),
      gone: false,
      at: time,
    })),
  );
  await batch.refs(
    'crm',
    fresh.map(({ customer }) => ({ subject: customer.id, refs: customer.refs })),
  );
}

/**
 * A deal concerns the legal entity that sold it: today's mapping of its word, else the entity in
 * its event. While neither is known, the deal concerns none, and only those with the unassigned
 * right see it.
 */
async function concerns(batch: PortalBatch, ids: string[]): Promise<void> {
  if (ids.length === 0) return;
  const deals = await batch.em.query<DealEntities[]>(`select id, customer_id, sold_by, said_entities from portal.deal where id = any($1)`, [ids]);
  const mappings = await batch.em.query<{ source: string; target: string }[]>(
    `select source, target from portal.mapping where kind = 'legal-entity'`,
  );
  const table = new MappingTable(mappings.map(mapping => ({ kind: 'legal-entity', ...mapping })));
  const rows = deals.flatMap(deal => {
    const target = deal.sold_by === null ? undefined : table.get('legal-entity', deal.sold_by);
    const entities = target === undefined ? deal.said_entities.filter(entity => entity !== deal.sold_by) : [target];
    return [deal.id, deal.customer_id].map(subject => ({ subject, because: deal.id, entities }));
  });
  await batch.concerns(
    deals.map(deal => deal.id),
    rows,
  );
}
