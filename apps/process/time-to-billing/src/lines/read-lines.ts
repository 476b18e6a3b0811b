import type { Fault } from '#apis';
import type { ExternalRef, LineState } from '#canonical';
import type { Transaction } from '#persistence';
import type { Line, Posting } from './line.js';
import type { PricedLine } from './line-facts.js';

interface LineRow {
  id: string;
  kind: Line['kind'];
  version: number;
  content_hash: string | null;
  sequence: number;
  approved: boolean;
  entry: Line['entry'];
  assessment: Line['assessment'];
  priced: PricedLine | null;
  faults: Fault[] | null;
  overage_minutes: number | null;
  overage_amount: string | null;
  exception_id: string | null;
  worker_id: string | null;
  stopped: boolean;
  state: LineState;
  since: Date;
  revision: number;
  amount: string | null;
  currency: string | null;
  posted_at: Date | null;
  approved_at: Date | null;
  legal_entities: string[];
  correlation_id: string;
}

interface PostingRow {
  external_id: string;
  line_id: string;
  version: number;
  kind: Posting['kind'];
  operation: Posting['operation'];
  state: Posting['state'];
  reverses: string | null;
  transaction: Posting['transaction'];
  amount: string;
  currency: string;
  minutes: number | null;
  capped: boolean;
  billing: Posting['billing'];
  invoice: Posting['invoice'];
  ref: ExternalRef | null;
  refusal: Posting['refusal'];
  posted_at: Date | null;
}

// Line by line, so that it is the index that is used whatever Postgres knows of the table yet.
const POSTINGS = `
  select p.* from unnest($1::text[]) l(id), lateral (select * from billing.posting p where p.line_id = l.id offset 0) p
  order by p.line_id, p.version, p.external_id`;

// A claim does not lock lines, so lock their ready postings here before deciding.
const LOCK_CLAIMABLE = `select 1 from billing.posting where line_id = any($1) and state = 'ready' order by external_id for update`;

/** Lines as they are now, to look at. */
export const readLines = (em: Transaction, ids: string[]): Promise<Line[]> => read(em, ids, '');

/** Lines that are about to be changed, locked in the order of their ids. `free`: only those that nobody else has locked. */
export const lockLines = (em: Transaction, ids: string[], { free = false }: { free?: boolean } = {}): Promise<Line[]> =>
  read(em, ids, `for update${free ? ' skip locked' : ''}`);

async function read(em: Transaction, ids: string[], lock: string): Promise<Line[]> {
  const rows = await em.query<LineRow[]>(
    `select id, kind, version, content_hash, sequence, approved, entry, assessment, priced, faults, overage_minutes, overage_amount, exception_id, worker_id, stopped, state,
       since, revision, amount, currency, posted_at, approved_at, legal_entities, correlation_id
     from billing.line where id = any($1) order by id ${lock}`,
    [ids],
  );
  const found = rows.map(({ id }) => id);
  if (lock !== '' && found.length > 0) await em.query(LOCK_CLAIMABLE, [found]);
  const postings = found.length === 0 ? [] : await em.query<PostingRow[]>(POSTINGS, [found]);
  const byLine = Map.groupBy(postings, ({ line_id }) => line_id);
  return rows.map(row => lineOf(row, byLine.get(row.id) ?? []));
}

function lineOf(row: LineRow, postings: PostingRow[]): Line {
  const money = row.amount !== null && row.currency !== null ? { amount: row.amount, currency: row.currency } : null;
  return {
    id: row.id,
    kind: row.kind,
    version: row.version,
    contentHash: row.content_hash,
    sequence: row.sequence,
    approved: row.approved,
    entry: row.entry,
    assessment: row.assessment,
    priced: row.priced,
    faults: row.faults,
    overage: row.overage_amount === null ? null : { minutes: row.overage_minutes, amount: row.overage_amount },
    exceptionId: row.exception_id,
    workerId: row.worker_id,
    stopped: row.stopped,
    state: row.state,
    since: row.since.toISOString(),
    revision: row.revision,
    estimate: row.priced === null ? money : null,
    postedAt: row.posted_at?.toISOString() ?? null,
    approvedAt: row.approved_at?.toISOString() ?? null,
    legalEntities: row.legal_entities,
    correlationId: row.correlation_id,
    postings: postings.map(postingOf),
  };
}

const postingOf = (row: PostingRow): Posting => ({
  externalId: row.external_id,
  lineId: row.line_id,
  version: row.version,
  kind: row.kind,
  operation: row.operation,
  state: row.state,
  reverses: row.reverses,
  transaction: row.transaction,
  amount: { amount: row.amount, currency: row.currency },
  minutes: row.minutes,
  capped: row.capped,
  billing: row.billing,
  invoice: row.invoice,
  ref: row.ref,
  refusal: row.refusal,
  postedAt: row.posted_at?.toISOString() ?? null,
});
