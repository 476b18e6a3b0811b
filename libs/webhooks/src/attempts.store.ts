import { randomUUID } from 'node:crypto';
import type { Database, Transaction } from '#persistence';

/** An attempt that this process makes. */
export interface Attempt {
  /** Its settling is that of this attempt alone: who came too late settles nothing. */
  attempt: string;
  endpointId: string;
  messageId: string;
  owner: string;
  url: string;
  body: string;
  /** Of this message, with this one. */
  attempts: number;
  firstTriedAt: Date;
  /** Since when nothing gets through; null while something does. */
  failingSince: Date | null;
}

/** Longer than any attempt takes. After that another process makes the attempt again. */
export const LEASE_MS = 60_000;
/** At one endpoint at the same time, so that a slow one takes no more of the senders than that. */
const AT_ONCE = 3;
/** An endpoint at which something failed is asked again no sooner, nor with more than one message at once. */
export const LONGEST_PAUSE_MS = 60_000;

/** The first message of its key that waits at an endpoint: later ones wait for it. */
const FIRST = `not exists (
  select 1 from webhooks.delivery b where b.endpoint_id = d.endpoint_id and b.key = d.key and b.state = 'pending' and b.seq < d.seq)`;

const CLAIM = `
  with next as (
    select d.endpoint_id, d.message_id from webhooks.delivery d join webhooks.endpoint e on e.id = d.endpoint_id
    where d.state = 'pending' and d.due_at <= $1 and (d.leased_until is null or d.leased_until <= $1)
      and e.state = 'active' and (e.waits_until is null or e.waits_until <= $1) and ${FIRST}
      and (select count(*) from webhooks.delivery l where l.endpoint_id = d.endpoint_id and l.state = 'pending' and l.leased_until > $1)
        < case when e.failing_since is null then ${AT_ONCE} else 1 end
    order by d.due_at, d.seq limit 1 for update of d, e skip locked)
  update webhooks.delivery d
  set attempt = $2, leased_until = $3, attempts = d.attempts + 1, first_tried_at = coalesce(d.first_tried_at, $1)
  from next n, webhooks.message m, webhooks.endpoint e
  where d.endpoint_id = n.endpoint_id and d.message_id = n.message_id and m.id = d.message_id and e.id = d.endpoint_id
  returning d.attempt, d.endpoint_id "endpointId", d.message_id "messageId", d.attempts, d.first_tried_at "firstTriedAt", m.body, e.owner, e.url,
    e.failing_since "failingSince"`;

/** Takes the next attempt that is due, if there is one. */
export async function claim(database: Database, now: Date): Promise<Attempt | undefined> {
  const lease = new Date(now.getTime() + LEASE_MS);
  const [rows] = await database.query<[Attempt[], number]>(CLAIM, [now, randomUUID(), lease]);
  return rows[0];
}

/** When the next attempt is due, by what is known now; undefined when nothing waits. */
export async function nextDue(database: Database): Promise<Date | undefined> {
  const [{ due }] = await database.query<[{ due: Date | null }]>(
    `select min(greatest(d.due_at, d.leased_until, e.waits_until)) due from webhooks.delivery d join webhooks.endpoint e on e.id = d.endpoint_id
     where d.state = 'pending' and e.state = 'active' and ${FIRST}`,
  );
  return due ?? undefined;
}

/** The secrets that sign now, the newest first. */
export async function secretsOf(database: Database, endpointId: string, now: Date): Promise<string[]> {
  const rows = await database.query<{ secret: string }[]>(
    'select secret from webhooks.secret where endpoint_id = $1 and (until is null or until > $2) order by number desc',
    [endpointId, now],
  );
  return rows.map(({ secret }) => secret);
}

interface Outcome {
  state: 'pending' | 'delivered' | 'dead';
  now: Date;
  dueAt?: Date;
  status?: number;
  why?: string;
}

/** Writes what came of an attempt; false when another process has made the attempt anew meanwhile. */
export async function settle(em: Transaction, { attempt }: Attempt, { state, now, dueAt, status, why }: Outcome): Promise<boolean> {
  const [, count] = await em.query<[unknown[], number]>(
    `update webhooks.delivery set state = $2, due_at = coalesce($3, due_at), status = $4, why = $5, settled_at = case when $2 = 'pending' then null else $6::timestamptz end,
       attempt = null, leased_until = null where attempt = $1`,
    [attempt, state, dueAt ?? null, status ?? null, why ?? null, now],
  );
  return count === 1;
}

/** Gives an attempt back that was not made to its end. */
export async function giveBack(database: Database, { attempt }: Attempt): Promise<void> {
  await database.query('update webhooks.delivery set attempt = null, leased_until = null, attempts = attempts - 1 where attempt = $1', [attempt]);
}

/** Something got through. What waited for that is due now, if the endpoint had been failing for longer than a moment. */
export async function noteSuccess(em: Transaction, { endpointId, failingSince }: Attempt, now: Date): Promise<void> {
  if (failingSince === null) return;
  await em.query('update webhooks.endpoint set failing_since = null, waits_until = null where id = $1', [endpointId]);
  if (now.getTime() - failingSince.getTime() < LONGEST_PAUSE_MS) return;
  await em.query(`update webhooks.delivery set due_at = $2 where endpoint_id = $1 and state = 'pending' and due_at > $2`, [endpointId, now]);
}

/** Answers since when nothing gets through. */
export async function noteFailure(em: Transaction, { endpointId }: Attempt, now: Date, waitMs: number): Promise<Date> {
  const until = new Date(now.getTime() + Math.min(waitMs, LONGEST_PAUSE_MS));
  const [[{ since }]] = await em.query<[[{ since: Date }], number]>(
    'update webhooks.endpoint set failing_since = coalesce(failing_since, $2), waits_until = $3 where id = $1 returning failing_since since',
    [endpointId, now, until],
  );
  return since;
}

/** Messages that were made before, and wait nowhere. Answers how many there were, up to `limit`. */
export async function forget(database: Database, before: Date, limit: number): Promise<number> {
  const [, count] = await database.query<[unknown[], number]>(
    `delete from webhooks.message where id in (
       select m.id from webhooks.message m where m.made_at < $1
         and not exists (select 1 from webhooks.delivery d where d.message_id = m.id and d.state = 'pending') order by m.made_at limit $2)`,
    [before, limit],
  );
  return count;
}
