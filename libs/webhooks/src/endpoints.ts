import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { type FieldFault, Problem } from '#canonical';
import { Database, inTransaction, signal, type Transaction, withFullView } from '#persistence';
import { Audit } from '#service';
import { type Delivery, delivery } from './delivery.table.js';
import { endpoint, type Endpoint } from './endpoint.table.js';
import { urlFault } from './endpoint-url.js';
import { DUE, ENDPOINT_DISABLED } from './outbox.js';
import { newSecret } from './signature.js';
import { WEBHOOKS, type WebhooksOptions } from './webhooks-options.token.js';
import { WebhooksConfig } from './webhooks.config.js';

const MOST_ENDPOINTS = 20;
/** Secrets of one endpoint that sign at the same time. */
const MOST_SECRETS = 3;
const HOUR_MS = 3_600_000;

export interface Wanted {
  url: string;
  types: string[];
}

/** From where an endpoint is told again: from a moment, or from a message on. */
export type ReplayFrom = { since: Date } | { messageId: string };

/**
 * Endpoints, each for its owner alone: of another's it says, as of one that is not there, that it
 * is not found. Every change is in the audit, which never has a secret.
 */
@Injectable()
export class Endpoints {
  constructor(
    private readonly database: Database,
    private readonly audit: Audit,
    private readonly config: WebhooksConfig,
    @Inject(WEBHOOKS) private readonly options: WebhooksOptions,
  ) {}

  /** Makes an endpoint. Its secret is answered here and never again. */
  create(owner: string, wanted: Wanted): Promise<{ endpoint: Endpoint; secret: string }> {
    this.#check(wanted);
    return this.#change(async em => {
      await em.query('select pg_advisory_xact_lock(hashtext($1))', [`webhook endpoints of ${owner}`]);
      const count = await em.getRepository(endpoint.entity).countBy({ owner });
      if (count >= MOST_ENDPOINTS)
        throw new Problem('conflict', `There are ${count} endpoints already, as many as there may be.`, { code: 'too-many' });
      const now = this.#now();
      const made: Endpoint = {
        id: `whe_${randomUUID().replaceAll('-', '')}`,
        owner,
        url: wanted.url,
        types: wanted.types,
        state: 'active',
        why: null,
        failingSince: null,
        waitsUntil: null,
        createdAt: now,
        changedAt: now,
      };
      await em.getRepository(endpoint.entity).insert(made);
      const secret = newSecret();
      await em.query('insert into webhooks.secret (endpoint_id, number, secret) values ($1, 1, $2)', [made.id, secret]);
      await this.#record(em, 'webhook-endpoint-made', made.id, null, made);
      return { endpoint: made, secret };
    });
  }

  list(owner: string): Promise<Endpoint[]> {
    return this.#read(em => em.getRepository(endpoint.entity).find({ where: { owner }, order: { id: 'asc' } }));
  }

  find(owner: string, id: string): Promise<Endpoint> {
    return this.#read(em => found(em, owner, id));
  }

  /** Changes where an endpoint is and what it is told. A disabled one is enabled by that. */
  change(owner: string, id: string, wanted: Wanted): Promise<Endpoint> {
    this.#check(wanted);
    return this.#change(async em => {
      const before = await found(em, owner, id, true);
      const after: Endpoint = { ...before, ...wanted, state: 'active', why: null, failingSince: null, waitsUntil: null, changedAt: this.#now() };
      await em.getRepository(endpoint.entity).update({ id }, after);
      // what waited for the receiver to come back
      await em.query(`update webhooks.delivery set due_at = $2 where endpoint_id = $1 and state = 'pending'`, [id, this.#now()]);
      await this.#record(em, 'webhook-endpoint-changed', id, before, after);
      await signal(em, DUE);
      return after;
    });
  }

  /** Removes an endpoint with its secrets and what it was still to be told. */
  remove(owner: string, id: string): Promise<void> {
    return this.#change(async em => {
      const before = await found(em, owner, id, true);
      await em.getRepository(endpoint.entity).delete({ id });
      await this.#record(em, 'webhook-endpoint-removed', id, before, null);
    });
  }

  /** Makes a new secret, which is answered here and never again. Older ones sign beside it for `overlapHours`. */
  rotate(owner: string, id: string, overlapHours: number): Promise<{ secret: string }> {
    return this.#change(async em => {
      const { id: held } = await found(em, owner, id, true);
      const now = this.#now();
      await em.query('delete from webhooks.secret where endpoint_id = $1 and until <= $2', [held, now]);
      const ends = new Date(now.getTime() + overlapHours * HOUR_MS);
      await em.query('update webhooks.secret set until = least(coalesce(until, $2), $2) where endpoint_id = $1', [held, ends]);
      const [{ valid, number }] = await em.query<[{ valid: number; number: number }]>(
        `select count(*) filter (where until > $2)::int valid, max(number) + 1 number from webhooks.secret where endpoint_id = $1`,
        [held, now],
      );
      if (valid >= MOST_SECRETS) {
        throw new Problem('conflict', `${valid} older secrets are valid still; rotate with a shorter overlap.`, { code: 'too-many' });
      }
      const secret = newSecret();
      await em.query('insert into webhooks.secret (endpoint_id, number, secret) values ($1, $2, $3)', [held, number, secret]);
      await this.#record(em, 'webhook-secret-rotated', id, null, { overlapHours });
      return { secret };
    });
  }

  /**
   * Sends again what the endpoint is told of, from a moment or a message on, in order; also what it
   * missed while it was disabled. Answers how many messages. What is kept no longer can't be sent.
   */
  replay(owner: string, id: string, from: ReplayFrom): Promise<number> {
    return this.#change(async em => {
      const { types } = await found(em, owner, id, true);
      const first = 'since' in from ? { at: from.since, seq: 0 } : await messageOf(em, owner, from.messageId);
      const sent = await em.query<unknown[]>(
        `insert into webhooks.delivery as d (endpoint_id, message_id, seq, key, state, due_at)
         select $1, m.id, m.seq, m.key, 'pending', $6 from webhooks.message m
         where m.owner = $2 and m.type = any($3) and m.made_at >= $4 and m.seq >= $5
         on conflict (endpoint_id, message_id) do update set state = 'pending', due_at = $6, attempts = 0, first_tried_at = null, settled_at = null
         where d.state <> 'pending' returning 1`,
        [id, owner, types, first.at, first.seq, this.#now()],
      );
      await this.#record(em, 'webhook-replayed', id, null, { ...from, messages: sent.length });
      await signal(em, DUE);
      return sent.length;
    });
  }

  /** What became of messages at an endpoint, the newest first, from before `beforeSeq`. */
  deliveries(owner: string, id: string, o: { limit: number; state?: Delivery['state']; beforeSeq?: number }): Promise<Delivery[]> {
    return this.#read(async em => {
      await found(em, owner, id);
      return em.query<Delivery[]>(
        `select ${delivery.selected('d')} from webhooks.delivery d
         where d.endpoint_id = $1 and ($2::text is null or d.state = $2) and ($3::bigint is null or d.seq < $3) order by d.seq desc limit $4`,
        [id, o.state ?? null, o.beforeSeq ?? null, o.limit],
      );
    });
  }

  #check({ url, types }: Wanted): void {
    const fields: FieldFault[] = [
      ...urlFault(url, this.config.loopback),
      ...types
        .filter(type => type !== ENDPOINT_DISABLED && !this.options.types.includes(type))
        .map(type => ({ field: 'types', rule: 'known', message: `types must be of those that there are; ${type} is none` })),
      ...(types.length === 0 ? [{ field: 'types', rule: 'some', message: 'types must name one type at least' }] : []),
    ];
    if (fields.length > 0) throw new Problem('invalid', `${fields[0].message}.`, { code: 'validation', fields });
  }

  #now(): Date {
    return new Date(this.options.clock.wall());
  }

  #record(em: Transaction, what: string, subject: string, before: object | null, after: object | null): Promise<void> {
    return this.audit.record(em, { what, subject, before, after, why: undefined });
  }

  #read<T>(work: (em: Transaction) => Promise<T>): Promise<T> {
    return withFullView('each statement names the owner', () => work(this.database.manager));
  }

  #change<T>(work: (em: Transaction) => Promise<T>): Promise<T> {
    return withFullView('each statement names the owner', () => inTransaction(this.database, work));
  }
}

async function found(em: Transaction, owner: string, id: string, lock = false): Promise<Endpoint> {
  const row = await em.getRepository(endpoint.entity).findOne({ where: { owner, id }, ...(lock ? { lock: { mode: 'pessimistic_write' } } : {}) });
  if (!row) throw new Problem('not-found', `There is no endpoint ${id}.`);
  return row;
}

async function messageOf(em: Transaction, owner: string, id: string): Promise<{ at: Date; seq: string }> {
  const [message] = await em.query<{ at: Date; seq: string }[]>('select made_at at, seq from webhooks.message where owner = $1 and id = $2', [
    owner,
    id,
  ]);
  if (!message) throw new Problem('not-found', `There is no message ${id}, or it is kept no longer.`);
  return { at: new Date(0), seq: message.seq };
}
