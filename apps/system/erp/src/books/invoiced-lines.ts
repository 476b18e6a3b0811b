import type { Invoice } from '#canonical';
import type { Transaction } from '#persistence';

/**
 * Stores which of our lines are on which invoice (`erp.invoiced_line`); a voided invoice bills
 * nothing. Used by the feed of invoices.
 */
export async function keepInvoicedLines(em: Transaction, changed: Invoice[], gone: string[]): Promise<void> {
  await em.query('delete from erp.invoiced_line where invoice_id = any($1)', [[...changed.map(({ id }) => id), ...gone]]);
  const lines = changed.filter(({ status }) => status !== 'voided').flatMap(({ id, transactions }) => transactions.map(line => ({ id, line })));
  if (lines.length === 0) return;
  // A line may be released from one invoice and put on another: whichever is read first, the later
  // change holds.
  await em.query(
    `insert into erp.invoiced_line(external_id, invoice_id) select distinct on (line) line, id from unnest($1::text[], $2::text[]) t(line, id)
     on conflict (external_id) do update set invoice_id = excluded.invoice_id`,
    [lines.map(({ line }) => line), lines.map(({ id }) => id)],
  );
}

/** Those of these lines that are on an invoice, as the ERP last showed it. */
export async function invoicedOf(em: Pick<Transaction, 'query'>, externalIds: string[]): Promise<Set<string>> {
  const rows = await em.query<{ external_id: string }[]>('select external_id from erp.invoiced_line where external_id = any($1)', [externalIds]);
  return new Set(rows.map(row => row.external_id));
}
