import { folded, mintId, sameMoney, type BillingLine, type ExternalRef, type IntercompanyFacts } from '#canonical';
import type { PortalBatch } from './batch.js';

// A statement's rows travel as one JSON value, which Postgres keeps below 256 MB.
const ROWS_AT_MOST = 2_000;
const HISTORY_AT_MOST = 60;

/** A state the line came into, as it is kept in the line's history. */
export interface PastState {
  revision: number;
  version: number;
  state: string;
  since: string;
  money: { amount: string; currency: string } | null;
}

/**
 * Lines as time-to-billing tells them, hundreds in an event: of each the highest revision stays, whatever order they come in. One
 * statement for the lines of a batch, with what they cost and their addresses.
 */
export async function projectBillingLines(batch: PortalBatch): Promise<void> {
  const told = Map.groupBy(
    batch.of('billing-lines.changed.v1').flatMap(({ data }) => data.lines),
    line => line.id,
  );
  const rows = [...told.values()].map(rowOf);
  for (let from = 0; from < rows.length; from += ROWS_AT_MOST) {
    await batch.em.query(UPSERT, [JSON.stringify(rows.slice(from, from + ROWS_AT_MOST))]);
  }
}

/**
 * A line concerns the legal entities that it names itself and no others: those of its event are of all lines in it. `money` of a line without
 * any explanation is an estimate.
 */
function rowOf(revisions: BillingLine[]) {
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
    desk: block?.desk,
    reasons: block?.reasons,
    billable: line.billable !== false,
    estimated: money !== null && line.explanation.length === 0,
    ...(intercompany === null ? {} : withCostsApart(intercompany)),
    entities: [...new Set(legalEntities)].sort(),
    history: inOrder
      .filter((past, index) => index === 0 || past.state !== inOrder[index - 1].state || past.since !== inOrder[index - 1].since)
      .map(({ revision, version, state, since, money: then }): PastState => ({ revision, version, state, since, money: then })),
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
 * What it costs is kept apart, under a right of its own; so is the lender's sale where the worker's cost is all that is known of their worth, so
 * that the lender is paid just that.
 */
function withCostsApart({ owningCost, lendingCost, lendingSale, ...shown }: IntercompanyFacts) {
  const tellsCost = lendingCost !== null && lendingSale !== null && sameMoney(lendingSale, lendingCost);
  return {
    intercompany: tellsCost ? shown : { ...shown, lendingSale },
    owningCost: owningCost?.amount,
    owningCurrency: owningCost?.currency,
    lendingCost: lendingCost?.amount,
    lendingCurrency: lendingCost?.currency,
  };
}

/** Some of a line's addresses are of the timesheet or report it came with: those from which that one's id was minted. */
function subjectOfRef({ id, timesheetId }: BillingLine, { system, account, nativeId }: Pick<ExternalRef, 'system' | 'account' | 'nativeId'>): string {
  const ofSubmission = (['timesheet', 'expense-report'] as const).some(noun => mintId(noun, system, account, nativeId) === timesheetId);
  return ofSubmission ? timesheetId! : id;
}

// The history grows by the states the line was not known to have come into, and keeps the newest.
const UPSERT = `
  with r as (
    select * from jsonb_to_recordset($1::jsonb) as r(id text, revision bigint, version integer, kind text, state text, since timestamptz, "projectId" text,
      "submissionId" text, "workerId" text, "workerName" text, "workerFolded" text, "workDate" date, minutes integer, amount numeric, currency text, "overageMinutes" integer,
      "overageAmount" numeric, "overageCurrency" text, "postingDate" date, "invoiceId" text, "invoiceNumber" text, "exceptionId" text, desk text,
      reasons jsonb, explanation jsonb, intercompany jsonb, "owningCost" numeric, "owningCurrency" text, "lendingCost" numeric, "lendingCurrency" text,
      billable boolean, estimated boolean, refs jsonb, aliases jsonb, history jsonb, "approvedAt" timestamptz, "postedAt" timestamptz, entities jsonb)),
  kept as (
    insert into portal.billing_line as b (id, revision, version, kind, state, since, project_id, submission_id, worker_id, worker_name, worker_folded, work_date, minutes,
      amount, currency, overage_minutes, overage_amount, overage_currency, posting_date, invoice_id, invoice_number, exception_id, desk, reasons, explanation,
      intercompany, billable, estimated, refs, approved_at, posted_at, history, legal_entities)
    select id, revision, version, kind, state, since, "projectId", "submissionId", "workerId", "workerName", "workerFolded", "workDate", minutes,
      amount, currency, "overageMinutes", "overageAmount", "overageCurrency", "postingDate", "invoiceId", "invoiceNumber", "exceptionId", desk, reasons, explanation,
      intercompany, billable, estimated, refs, "approvedAt", "postedAt", history, array(select jsonb_array_elements_text(entities)) from r
    on conflict (id) do update set revision = excluded.revision, version = excluded.version, kind = excluded.kind, state = excluded.state, since = excluded.since,
      project_id = excluded.project_id, submission_id = excluded.submission_id, worker_id = excluded.worker_id, worker_name = excluded.worker_name, worker_folded = excluded.worker_folded,
      work_date = excluded.work_date, minutes = excluded.minutes, amount = excluded.amount, currency = excluded.currency,
      overage_minutes = excluded.overage_minutes, overage_amount = excluded.overage_amount, overage_currency = excluded.overage_currency,
      posting_date = excluded.posting_date, invoice_id = excluded.invoice_id, invoice_number = excluded.invoice_number,
      exception_id = excluded.exception_id, desk = excluded.desk, reasons = excluded.reasons, explanation = excluded.explanation,
      intercompany = excluded.intercompany, billable = excluded.billable, estimated = excluded.estimated, refs = excluded.refs, approved_at = excluded.approved_at, posted_at = excluded.posted_at,
      legal_entities = excluded.legal_entities,
      history = (
        select jsonb_agg(h order by n) from (
          select h, n from (
            select h, n from jsonb_array_elements(b.history) with ordinality o(h, n)
            union all
            select h, n + 1000000 from jsonb_array_elements(excluded.history) with ordinality o(h, n)
            where (h->>'revision')::bigint > b.revision and ((h->>'state'), (h->>'since')::timestamptz) is distinct from (b.state, b.since)) all_states
          order by n desc limit ${HISTORY_AT_MOST}) newest)
    where excluded.revision > b.revision
    returning id),
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
