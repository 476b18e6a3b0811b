import { entitiesOf, withoutEmpty } from '#read-model';
import { defined, type PortalBatch } from './batch.js';
import { lineOfTransaction } from './transaction.rules.js';

/** Projects invoices as the ERP states them, with their lines. */
export async function projectInvoices(batch: PortalBatch): Promise<void> {
  const events = batch.latest('invoice.changed.v1').map(event => ({ ...event, data: { ...event.data, state: withoutEmpty(event.data.state) } }));
  if (events.length === 0) return;
  await batch.subjects(
    events.map(({ data: { state: invoice, deleted }, time }) => ({
      id: invoice.id,
      kind: 'invoice' as const,
      title: invoice.number,
      words: defined(invoice.number, invoice.id),
      gone: deleted === true,
      at: time,
    })),
  );
  await batch.refs(
    'erp',
    events.map(({ data: { state } }) => ({ subject: state.id, refs: state.refs })),
  );
  await batch.em.query(
    `with r as (
       select * from jsonb_to_recordset($1::jsonb) as r(id text, seq bigint, number text, status text, "projectId" text, "legalEntity" text, date date, "dueDate" date,
         amount numeric, due numeric, currency text, gone boolean, lines jsonb)),
     kept as (
       insert into portal.invoice as i (id, seq, number, status, project_id, legal_entity, date, due_date, amount, due_amount, currency, gone)
       select id, seq, number, status, "projectId", "legalEntity", date, "dueDate", amount, due, currency, gone from r
       on conflict (id) do update set seq = excluded.seq, number = excluded.number, status = excluded.status, project_id = excluded.project_id,
         legal_entity = excluded.legal_entity, date = excluded.date, due_date = excluded.due_date, amount = excluded.amount, due_amount = excluded.due_amount,
         currency = excluded.currency, gone = excluded.gone
       where excluded.seq >= i.seq returning id),
     stated as (select r.id invoice_id, l."externalId" external_id, l."lineId" line_id
       from r join kept using (id) cross join lateral jsonb_to_recordset(r.lines) as l("externalId" text, "lineId" text)),
     removed as (
       delete from portal.invoice_line o using kept k where o.invoice_id = k.id
         and not exists (select 1 from stated t where t.invoice_id = o.invoice_id and t.external_id = o.external_id))
     insert into portal.invoice_line(invoice_id, external_id, line_id) select invoice_id, external_id, line_id from stated on conflict do nothing`,
    [
      JSON.stringify(
        events.map(({ data: { state: invoice, deleted }, pos }) => ({
          id: invoice.id,
          seq: pos,
          number: invoice.number,
          status: invoice.status,
          projectId: invoice.projectId,
          legalEntity: invoice.legalEntity,
          date: invoice.date,
          dueDate: invoice.dueDate,
          amount: invoice.total.amount,
          due: invoice.amountDue.amount,
          currency: invoice.total.currency,
          gone: deleted === true,
          lines: [...new Set(invoice.transactions)].flatMap(externalId => {
            const lineId = lineOfTransaction(externalId);
            return lineId === undefined ? [] : [{ externalId, lineId }];
          }),
        })),
      ),
    ],
  );
  await batch.concerns(
    events.map(({ data }) => data.state.id),
    events.map(event => ({ subject: event.data.state.id, because: event.data.state.id, entities: entitiesOf(event, event.data.state.legalEntity) })),
  );
}
