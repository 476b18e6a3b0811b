import type { Transaction } from '#persistence';
import type { Line, Posting } from './line.js';
import { keptLine, type KeptLine } from './line.table.js';
import { keptPosting, type KeptPosting } from './posting.table.js';

// A lateral join line by line, so that Postgres uses the index whatever its statistics say.
const POSTINGS = `
  select ${keptPosting.selected('p')}
  from unnest($1::text[]) l(id), lateral (select * from billing.posting p where p.line_id = l.id offset 0) p
  order by p.line_id, p.version, p.external_id`;

// A claim does not lock lines, so lock their ready postings here before deciding.
const LOCK_CLAIMABLE = `select 1 from billing.posting where line_id = any($1) and state = 'ready' order by external_id for update`;

/** Reads the current lines without locking them. */
export const readLines = (em: Transaction, ids: string[]): Promise<Line[]> => read(em, ids, '');

/**
 * Locks lines that are about to be changed, in the order of their ids. `free`: only those that
 * nobody else has locked.
 */
export const lockLines = (em: Transaction, ids: string[], { free = false }: { free?: boolean } = {}): Promise<Line[]> =>
  read(em, ids, `for update${free ? ' skip locked' : ''}`);

async function read(em: Transaction, ids: string[], lock: string): Promise<Line[]> {
  const rows = await em.query<KeptLine[]>(`select ${keptLine.selected('l')} from billing.line l where id = any($1) order by id ${lock}`, [ids]);
  const found = rows.map(({ id }) => id);
  if (lock !== '' && found.length > 0) await em.query(LOCK_CLAIMABLE, [found]);
  const postings = found.length === 0 ? [] : await em.query<KeptPosting[]>(POSTINGS, [found]);
  const byLine = Map.groupBy(postings, ({ lineId }) => lineId);
  return rows.map(row => lineOf(row, byLine.get(row.id) ?? []));
}

function lineOf(row: KeptLine, postings: KeptPosting[]): Line {
  const { amount, currency, overageMinutes, overageAmount, since, postedAt, approvedAt, ...kept } = row;
  return {
    ...kept,
    overage: overageAmount === null ? null : { minutes: overageMinutes, amount: overageAmount },
    since: since.toISOString(),
    estimate: kept.priced === null && amount !== null && currency !== null ? { amount, currency } : null,
    postedAt: postedAt?.toISOString() ?? null,
    approvedAt: approvedAt?.toISOString() ?? null,
    postings: postings.map(postingOf),
  };
}

const postingOf = ({ amount, currency, postedAt, ...kept }: KeptPosting): Posting => ({
  ...kept,
  amount: { amount, currency },
  postedAt: postedAt?.toISOString() ?? null,
});
