import { folded, mintId, sameMoney, type BillingLine, type Desk, type ExternalRef, type IntercompanyFacts } from '#canonical';
import { column, recordset, type WrittenRow } from '#persistence';
import type { PortalBatch } from './batch.js';
import { billingLine, type HistoryState } from './billing-line.table.js';

// A statement's rows travel as one JSON value, which Postgres limits to 256 MB.
const ROWS_AT_MOST = 2_000;
const HISTORY_AT_MOST = 60;

/** Values that travel with a line but belong to other tables. */
const BESIDE = {
  owningCost: column.numeric(21, 6).orNull(),
  owningCurrency: column.char(3).orNull(),
  lendingCost: column.numeric(21, 6).orNull(),
  lendingCurrency: column.char(3).orNull(),
  aliases: column.json<(Omit<ExternalRef, 'url'> & { subject: string })[]>(),
};
const SENT = { ...billingLine.columns, ...BESIDE };

/**
 * Projects lines as time-to-billing publishes them, hundreds in an event. The highest revision of
 * each remains, in whatever order they arrive. One statement writes the lines of a batch with their
 * costs and ids.
 */
export async function projectBillingLines(batch: PortalBatch): Promise<void> {
  const byLine = Map.groupBy(
    batch.of('billing-lines.changed.v1').flatMap(({ data }) => data.lines),
    line => line.id,
  );
  const rows = [...byLine.values()].map(rowOf);
  for (let from = 0; from < rows.length; from += ROWS_AT_MOST) {
    await batch.em.query(UPSERT, [JSON.stringify(rows.slice(from, from + ROWS_AT_MOST))]);
  }
}

/**
 * A line concerns only the legal entities that it names itself: those of its event belong to all
 * lines in it. `money` of a line without any explanation is an estimate.
 */
function rowOf(revisions: BillingLine[]): WrittenRow<typeof SENT> {
  const inOrder = revisions.toSorted((a, b) => a.revision - b.revision);
  const line = inOrder.at(-1)!;
  const { money, overage, invoice, block, intercompany, timesheetId, legalEntities, ...rest } = line;
  return {
    ...rest,
    submissionId: timesheetId,
    workerFolded: folded(line.workerName),
    amount: money?.amount,
    currency: money?.currency,
    overageMinutes: overage?.minutes,
    overageAmount: overage?.money.amount,
    overageCurrency: overage?.money.currency,
    invoiceId: invoice?.id,
    invoiceNumber: invoice?.number,
    exceptionId: block?.exceptionId,
    desk: block?.desk as Desk | undefined,
    reasons: block?.reasons,
    billable: line.billable !== false,
    estimated: money !== null && line.explanation.length === 0,
    intercompany: intercompany && withoutCosts(intercompany),
    owningCost: intercompany?.owningCost?.amount,
    owningCurrency: intercompany?.owningCost?.currency,
    lendingCost: intercompany?.lendingCost?.amount,
    lendingCurrency: intercompany?.lendingCost?.currency,
    legalEntities: [...new Set(legalEntities)].sort(),
    history: inOrder
      .filter((past, index) => index === 0 || past.state !== inOrder[index - 1].state || past.since !== inOrder[index - 1].since)
      .map(({ revision, version, state, since, money: then }): HistoryState => ({ revision, version, state, since, money: then })),
    aliases: line.refs.map(({ system, account, type, nativeId }) => ({
      system,
      account,
      type,
      nativeId,
      subject: subjectOfRef(line, { system, account, nativeId }),
    })),
  };
}

/**
 * Costs are stored separately, under their own right. So is the lender's sale when the lender is
 * paid exactly the worker's cost, because nothing else is known of the line's worth.
 */
function withoutCosts({ owningCost: _, lendingCost, lendingSale, ...shown }: IntercompanyFacts): WrittenRow<typeof SENT>['intercompany'] {
  const showsCost = lendingCost !== null && lendingSale !== null && sameMoney(lendingSale, lendingCost);
  return showsCost ? shown : { ...shown, lendingSale };
}

/**
 * Some ids of a line belong to its timesheet or report: those from which that one's id was derived.
 */
function subjectOfRef({ id, timesheetId }: BillingLine, { system, account, nativeId }: Pick<ExternalRef, 'system' | 'account' | 'nativeId'>): string {
  const ofSubmission = (['timesheet', 'expense-report'] as const).some(noun => mintId(noun, system, account, nativeId) === timesheetId);
  return ofSubmission ? timesheetId! : id;
}

// Adds the states that the history lacks, and keeps the newest.
const HISTORY = `(
  select jsonb_agg(h order by n) from (
    select h, n from (
      select h, n from jsonb_array_elements(b.history) with ordinality o(h, n)
      union all
      select h, n + 1000000 from jsonb_array_elements(excluded.history) with ordinality o(h, n)
      where (h->>'revision')::bigint > b.revision and ((h->>'state'), (h->>'since')::timestamptz) is distinct from (b.state, b.since)) all_states
    order by n desc limit ${HISTORY_AT_MOST}) newest)`;

const UPSERT = `
  with r as (select * from ${recordset('r', SENT)}),
  kept as (${billingLine.upsert({ from: 'r', as: 'b', where: 'excluded.revision > b.revision', instead: { history: HISTORY } })} returning id),
  without_cost as (
    delete from portal.billing_line_cost c using r join kept using (id) where c.line_id = r.id and r."owningCost" is null),
  cost as (
    insert into portal.billing_line_cost(line_id, owning_cost, owning_currency, lending_cost, lending_currency)
    select id, "owningCost", "owningCurrency", "lendingCost", "lendingCurrency" from r join kept using (id) where "owningCost" is not null
    on conflict (line_id) do update set owning_cost = excluded.owning_cost, owning_currency = excluded.owning_currency,
      lending_cost = excluded.lending_cost, lending_currency = excluded.lending_currency)
  insert into portal.billing_alias(native_id, system, account, type, subject, line_id)
  select a."nativeId", a.system, a.account, a.type, a.subject, r.id
  from r join kept using (id) cross join lateral jsonb_to_recordset(r.aliases) as a("nativeId" text, system text, account text, type text, subject text)
  on conflict do nothing`;
