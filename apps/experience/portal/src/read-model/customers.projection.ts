import { defined, type PortalBatch } from './batch.js';

/**
 * Projects customers as the CRM states them, and as the ERP does once it has them; each has its own
 * columns.
 */
export async function projectCustomers(batch: PortalBatch): Promise<void> {
  await projectSide(batch, 'customer.changed.v1', 'crm');
  await projectSide(batch, 'billing-customer.changed.v1', 'erp');
}

async function projectSide(batch: PortalBatch, type: 'customer.changed.v1' | 'billing-customer.changed.v1', side: 'crm' | 'erp'): Promise<void> {
  const events = batch.latest(type);
  if (events.length === 0) return;
  // A customer in the CRM has the CRM's name.
  await batch.subjects(
    events.map(({ data: { state: customer, deleted }, time }) => ({
      id: customer.id,
      kind: 'customer' as const,
      title: customer.name,
      words: defined(customer.legalName, customer.taxRegistration, customer.billingEmail, customer.id),
      gone: deleted === true,
      at: time,
    })),
    { keepTitle: side === 'erp' },
  );
  await batch.refs(
    side,
    events.map(({ data: { state } }) => ({ subject: state.id, refs: state.refs })),
  );
  await batch.em.query(
    `insert into portal.customer as c (id, name, ${side}, ${side}_seq, gone, changed_at)
     select id, name, data, seq, gone, at from jsonb_to_recordset($1::jsonb) as r(id text, name text, data jsonb, seq bigint, gone boolean, at timestamptz)
     on conflict (id) do update set name = ${side === 'crm' ? 'excluded.name' : 'c.name'}, ${side} = excluded.${side}, ${side}_seq = excluded.${side}_seq,
       gone = excluded.gone, changed_at = excluded.changed_at
     where excluded.${side}_seq >= coalesce(c.${side}_seq, 0)`,
    [
      JSON.stringify(
        events.map(({ data, pos, time }) => ({
          id: data.state.id,
          name: data.state.name,
          data: data.state,
          seq: pos,
          gone: data.deleted === true,
          at: time,
        })),
      ),
    ],
  );
  // `crm <id>` and `erp <id>` keep what its own events say separate from what a deal or project
  // makes a customer concern.
  const because = (id: string): string => `${side} ${id}`;
  await batch.concerns(
    events.map(({ data }) => because(data.state.id)),
    events.map(({ data, legalEntities }) => ({ subject: data.state.id, because: because(data.state.id), entities: legalEntities })),
  );
}
