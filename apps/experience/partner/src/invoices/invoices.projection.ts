import type { BillingLine, LineState } from '#canonical';
import { recordset, type WrittenRow } from '#persistence';
import { type Batch, entitiesOf, withoutEmpty } from '#read-model';
import { invoice, invoiced, invoiceLine } from './invoice.table.js';
import { partOf } from './transaction.rules.js';

const stated = invoice.without('customerId');
const UPSERT = stated.upsert({ from: recordset('r', stated.columns), as: 'i', where: 'excluded.seq >= i.seq' });

/** States in which the ERP has the line as the version says. */
const IN_BILLING: LineState[] = ['posted', 'billed', 'paid'];

/** Invoices as the ERP states them, with what is on them. */
export async function projectInvoices(batch: Batch): Promise<void> {
  await projectInvoiced(batch);
  const events = batch.latest('invoice.changed.v1');
  if (events.length > 0) {
    const rows = events.map((event): WrittenRow<typeof stated.columns> => {
      const { id, number, status, projectId, legalEntity, date, dueDate, total, amountDue } = withoutEmpty(event.data.state);
      return {
        id,
        seq: event.pos,
        number,
        status,
        projectId,
        legalEntities: entitiesOf(event, legalEntity),
        date,
        dueDate,
        amount: total.amount,
        dueAmount: amountDue.amount,
        currency: total.currency,
        gone: event.data.deleted === true,
      };
    });
    const written = await batch.em.query<{ id: string }[]>(`${UPSERT} returning i.id`, [JSON.stringify(rows)]);
    const newest = new Set(written.map(({ id }) => id));
    await replaceLines(
      batch,
      events.flatMap(({ data }) => (newest.has(data.state.id) ? [data.state] : [])),
    );
  }
  await giveToCustomers(
    batch,
    [...events, ...batch.latest('project.changed.v1', 'financial-project.changed.v1')].map(({ data }) => data.state.id),
  );
}

async function replaceLines(batch: Batch, invoices: { id: string; transactions: string[] }[]): Promise<void> {
  await batch.em.query('delete from partner.invoice_line where invoice_id = any($1)', [invoices.map(({ id }) => id)]);
  const rows = invoices.flatMap(({ id, transactions }) =>
    [...new Set(transactions)].flatMap((externalId): WrittenRow<typeof invoiceLine.columns>[] => {
      const read = partOf(externalId);
      if (!read) return [];
      const { lineId, version, part, reversal } = read;
      return [{ invoiceId: id, externalId, lineId, version, part: reversal ? `${part}-reversal` : part }];
    }),
  );
  await batch.em.query(invoiceLine.insert({ from: recordset('r', invoiceLine.columns), as: 'l' }), [JSON.stringify(rows)]);
}

/** An invoice is its project's customer's; once it is somebody's it stays so. */
async function giveToCustomers(batch: Batch, ids: string[]): Promise<void> {
  if (ids.length === 0) return;
  await batch.em.query(
    `update partner.invoice i set customer_id = p.customer_id from partner.project p
     where p.id = i.project_id and i.customer_id is null and p.customer_id is not null and (i.id = any($1) or p.id = any($1))`,
    [ids],
  );
}

/**
 * Keeps what the first revision in billing said of each version of a line: later ones include parts
 * that were billed after it.
 */
async function projectInvoiced(batch: Batch): Promise<void> {
  const lines = batch.of('billing-lines.changed.v1').flatMap(({ data }) => data.lines);
  const first = new Map<string, BillingLine>();
  for (const line of lines.filter(({ state }) => IN_BILLING.includes(state))) {
    const key = `${line.id} ${line.version}`;
    if (line.revision < (first.get(key)?.revision ?? Infinity)) first.set(key, line);
  }
  if (first.size === 0) return;
  const rows = [...first.values()].map(
    ({ id, version, revision, kind, workDate, workerName, minutes, money }): WrittenRow<typeof invoiced.columns> => ({
      lineId: id,
      version,
      revision,
      kind,
      workDate,
      person: workerName,
      minutes,
      amount: money?.amount,
      currency: money?.currency,
    }),
  );
  await batch.em.query(invoiced.upsert({ from: recordset('r', invoiced.columns), as: 'v', where: 'excluded.revision < v.revision' }), [
    JSON.stringify(rows),
  ]);
}
