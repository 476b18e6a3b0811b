import { randomUUID } from 'node:crypto';
import { Injectable, Optional, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { Problem } from '#canonical';
import { Database, renewing } from '#persistence';
import { outage } from '../logs/outage.js';
import { ServiceConfig } from '../service.config.js';
import { cover, type Rights } from './rights.rules.js';

/** The owner of a key, its operation, and the request that it came with. */
export interface Claim {
  caller: string;
  /** The app that was called: the same path at another app is another operation. */
  app: string;
  /** Method and path: `POST /v1/runs`. */
  route: string;
  key: string;
  /** The caller's rights. */
  rights: Rights;
  /** Hash of the whole request. */
  fingerprint: string;
}

/**
 * A claimed key. `run` fences it: an answer is not stored if another process has taken the key
 * over.
 */
export interface ClaimedKey extends Claim {
  run: string;
}

export interface Answer {
  status: number;
  headers: Record<string, string>;
  body: string;
}

interface Row {
  fingerprint: string;
  status: number | null;
  headers: Record<string, string> | null;
  body: string | null;
  rights: Rights | null;
}

const LEASE_SECONDS = 15;
const CLEAN_MS = 10 * 60_000;
const KEY_WHERE = 'caller = $1 and route = $2 and key = $3';

/**
 * The stored route includes the app. Older rows have only the route; they are honoured until they
 * expire.
 */
const routeOf = ({ app, route }: Claim): string => `${app} ${route}`;

/**
 * First answers by idempotency key, in Postgres so that any replica can replay them. The process
 * that works on a key leases it, and renews the lease while it lives. When the process dies, the
 * next call with the key may go ahead after some seconds.
 */
@Injectable()
export class IdempotencyStore implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #held = new Set<ClaimedKey>();
  #endRenewal: () => void = () => undefined;
  #cleaning: NodeJS.Timeout | undefined;

  constructor(
    private readonly config: ServiceConfig,
    @Optional() private readonly dataSource?: Database,
  ) {}

  onApplicationBootstrap(): void {
    if (!this.dataSource) return;
    this.#endRenewal = renewing(LEASE_SECONDS * 1_000, () => outage.during('idempotency keys: renewing leases', () => this.renew()));
    this.#cleaning = setInterval(() => void outage.during('idempotency keys: cleaning up', () => this.cleanUp()), CLEAN_MS).unref();
  }

  beforeApplicationShutdown(): void {
    this.#endRenewal();
    clearInterval(this.#cleaning);
  }

  /**
   * Claims the key for a first run, or returns the first run's answer. Throws `conflict` (code
   * idempotency-in-flight) while the first run goes on, and `unprocessable` (code
   * idempotency-key-reused) when the key came with another request before.
   */
  async claim(claim: Claim): Promise<{ held: ClaimedKey } | { answer: Answer }> {
    const held = { ...claim, run: randomUUID() };
    const { caller, route, key, fingerprint, run, rights } = held;
    const taken = await this.#query<unknown>(
      `insert into service.idempotency (caller, route, key, fingerprint, run, rights, leased_until)
       select $1, $2, $3, $4, $5, $6, now() + make_interval(secs => ${LEASE_SECONDS})
       where not exists (
         select 1 from service.idempotency where caller = $1 and route = $7 and key = $3 and (status is not null or leased_until >= now()))
       on conflict (caller, route, key) do update set run = excluded.run, leased_until = excluded.leased_until, rights = excluded.rights
         where idempotency.status is null and idempotency.leased_until < now() and idempotency.fingerprint = excluded.fingerprint
       returning run`,
      [caller, routeOf(held), key, fingerprint, run, JSON.stringify(rights), route],
    );
    if (taken.length > 0) {
      this.#held.add(held);
      return { held };
    }
    return this.#answerOf(claim);
  }

  async #answerOf(claim: Claim): Promise<{ held: ClaimedKey } | { answer: Answer }> {
    const { caller, route, key, fingerprint } = claim;
    const [row] = await this.#query<Row>(
      `select fingerprint, status, headers, body, rights from service.idempotency
       where caller = $1 and route in ($2, $4) and key = $3 order by route = $2 desc limit 1`,
      [caller, routeOf(claim), key, route],
    );
    if (!row) return this.claim(claim); // released in between
    if (row.fingerprint !== fingerprint) {
      throw new Problem('unprocessable', 'This Idempotency-Key was used before with another request. Use a new key for a new request.', {
        code: 'idempotency-key-reused',
      });
    }
    if (row.status === null) {
      throw new Problem('conflict', 'The first request with this Idempotency-Key is still being worked on.', {
        code: 'idempotency-in-flight',
        retryable: true,
        retryAfterMs: 1_000,
      });
    }
    if (row.rights && !cover(claim.rights, row.rights)) {
      throw new Problem('forbidden', 'The answer to this Idempotency-Key needs more rights than you have now. Nothing was done again.', {
        code: 'idempotency-rights',
      });
    }
    return { answer: { status: row.status, headers: row.headers ?? {}, body: row.body ?? '' } };
  }

  /** Stores the answer for good. */
  async settle(held: ClaimedKey, { status, headers, body }: Answer): Promise<void> {
    const { caller, key, run } = held;
    await this.#query(
      `update service.idempotency set status = $5, headers = $6, body = $7, leased_until = null, answered_at = now() where ${KEY_WHERE} and run = $4`,
      [caller, routeOf(held), key, run, status, JSON.stringify(headers), body],
    );
    this.#held.delete(held);
  }

  /** Releases the key: the answer may differ at the next attempt. */
  async release(held: ClaimedKey): Promise<void> {
    this.#held.delete(held);
    const { caller, key, run } = held;
    await this.#query(`delete from service.idempotency where ${KEY_WHERE} and run = $4 and status is null`, [caller, routeOf(held), key, run]);
  }

  /** Renews the leases on the keys that this process works on. */
  async renew(): Promise<void> {
    if (this.#held.size === 0) return;
    await this.#query(
      `update service.idempotency set leased_until = now() + make_interval(secs => ${LEASE_SECONDS}) where run = any($1) and status is null`,
      [[...this.#held].map(({ run }) => run)],
    );
  }

  /**
   * Deletes answers that are older than the setting allows, and claims that nobody finished.
   * Returns how many.
   */
  async cleanUp(): Promise<number> {
    const gone = await this.#query<unknown>(
      `with gone as (
         delete from service.idempotency where claimed_at < now() - make_interval(hours => $1) and (leased_until is null or leased_until < now()) returning 1
       ) select 1 from gone`,
      [this.config.idempotencyTtlHours],
    );
    return gone.length;
  }

  #query<T>(sql: string, parameters: unknown[]): Promise<T[]> {
    if (!this.dataSource) throw new Problem('unsupported', 'This app keeps no answers, so it takes no Idempotency-Key.');
    return this.dataSource.query<T[]>(sql, parameters);
  }
}
