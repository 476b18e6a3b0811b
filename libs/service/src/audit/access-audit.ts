import { Injectable, Optional, type OnModuleDestroy } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Principal } from '#auth';
import { shortened, Problem } from '#canonical';
import { Database } from '#persistence';
import { context, currentContext, enterContext, type Context } from '../context/context.js';
import { log } from '../logs/log.js';
import { Audit } from './audit.js';

const UNSAFE = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);

/**
 * How many refusals or reads of pay by one caller in one minute get a row each. One further row
 * counts the rest.
 */
export const ROWS_PER_MINUTE = 20;
/**
 * A program reads pay all day for its work, so its first read in a minute is a row and the rest of
 * the minute another.
 */
const ROWS_OF_PROGRAMS = 1;
const MINUTE_MS = 60_000;
const IDS_NAMED = 1_000;
const SUBJECT_LENGTH = 300;

type AccessKind = 'refused' | 'pay-read';

/** What one caller did in this minute beyond its single rows. */
interface Tally {
  act: AccessKind;
  rows: number;
  more: number;
  ids: number;
  within: Context;
}

/**
 * Notes that the answer to this request contains worker costs, or the cost of an hour on lines. The
 * row is written before the answer is sent.
 */
export function notePayRead(ids: readonly string[]): void {
  const audit = currentContext()?.audit;
  if (!audit) return;
  audit.pay ??= new Set();
  for (const id of ids) audit.pay.add(id);
}

/**
 * Notes that an operation within a request, such as a GraphQL mutation, was refused although the
 * request is answered 200.
 */
export function noteRefusal(operation: string, problem: Problem): void {
  if (problem.kind !== 'forbidden' && problem.kind !== 'not-found') return;
  const audit = currentContext()?.audit;
  if (audit) (audit.refused ??= []).push({ operation, problem });
}

/**
 * Audit rows for requests that changed nothing: unsafe operations refused by rights (403, 404), and
 * reads of worker costs. Each caller has a bounded number of rows per minute, so that a flood of
 * refusals can't fill the table; each process counts the rest of the minute in one row. Calls
 * without a good token have no caller: the request metric counts them.
 */
@Injectable()
export class AccessAudit implements OnModuleDestroy {
  #tallies = new Map<string, Tally>();
  #minute = 0;
  #flushing?: NodeJS.Timeout;

  constructor(
    private readonly audit: Audit,
    @Optional() private readonly dataSource?: Database,
  ) {}

  /**
   * Called before an answer is sent. Throws when a read of pay can't be recorded: the pay is then
   * not sent either.
   */
  async answered(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const { context: within, principal } = request;
    if (!this.dataSource || !within || !principal) return;
    const { pay, refused = [] } = within.audit ?? {};
    if (!pay && refused.length === 0 && !isRefused(request, reply)) return;
    if (within.audit) within.audit = { recorded: within.audit.recorded };
    await enterContext({ ...within, principal }, async () => {
      const operation = `${request.method} ${request.routeOptions?.url ?? ''}`;
      if (pay) await this.#payRead(operation, [...pay]);
      if (isRefused(request, reply)) await this.#refused(operation, request, reply.statusCode, reply.problem);
      for (const { operation: inner, problem } of refused) await this.#refused(inner, request, reply.statusCode, problem);
    });
  }

  async onModuleDestroy(): Promise<void> {
    clearTimeout(this.#flushing);
    await this.#flush();
  }

  async #payRead(operation: string, ids: string[]): Promise<void> {
    const { principal } = context();
    const isPerson = (principal!.actingFor ?? principal!).kind === 'person';
    if (!this.#mayAddRow('pay-read', principal!, isPerson ? ROWS_PER_MINUTE : ROWS_OF_PROGRAMS, ids.length)) return;
    const subject = ids.length === 1 ? ids[0] : `${ids.length} records`;
    const after = { operation, ...(isPerson ? { ids: ids.slice(0, IDS_NAMED) } : {}), count: ids.length };
    await this.audit.record(this.dataSource!.manager, { what: 'pay-read', subject, before: null, after });
  }

  /** A refusal that can't be recorded is still a refusal: nothing was done. */
  async #refused(operation: string, request: FastifyRequest, status: number, problem: Problem | undefined): Promise<void> {
    if (!this.#mayAddRow('refused', context().principal!, ROWS_PER_MINUTE, 0)) return;
    const subject = shortened(request.url.split('?')[0], SUBJECT_LENGTH);
    const after = { operation, status, ...(problem ? { kind: problem.kind, code: problem.code ?? null, detail: problem.detail } : {}) };
    await this.audit
      .record(this.dataSource!.manager, { what: 'refused', subject, before: null, after })
      .catch((err: unknown) => log.error({ err, subject }, 'a refusal could not be recorded in the audit'));
  }

  /** Whether the caller may have another row in this minute; counts the access either way. */
  #mayAddRow(act: AccessKind, principal: Principal, most: number, ids: number): boolean {
    const minute = Math.floor(Date.now() / MINUTE_MS);
    if (minute !== this.#minute) {
      void this.#flush();
      this.#minute = minute;
    }
    const key = [act, principal.clientId, principal.id, principal.actingFor?.id ?? ''].join('\n');
    const tally = this.#tallies.get(key) ?? { act, rows: 0, more: 0, ids: 0, within: context() };
    this.#tallies.set(key, tally);
    if (tally.rows < most) {
      tally.rows += 1;
      return true;
    }
    tally.more += 1;
    tally.ids += ids;
    this.#flushing ??= setTimeout(() => void this.#flush(), MINUTE_MS).unref();
    return false;
  }

  async #flush(): Promise<void> {
    const tallies = [...this.#tallies.values()];
    this.#tallies = new Map();
    clearTimeout(this.#flushing);
    this.#flushing = undefined;
    for (const { act, more, ids, within } of tallies.filter(tally => tally.more > 0)) {
      const after = { count: more, ...(act === 'pay-read' ? { ids } : {}), withinMs: MINUTE_MS };
      const entry = { what: `${act}-more`, subject: within.principal!.clientId, before: null, after };
      await enterContext(within, () => this.audit.record(this.dataSource!.manager, entry)).catch((err: unknown) =>
        log.error({ err, act, count: more }, 'a sum of audited accesses could not be recorded'),
      );
    }
  }
}

/** Whether an unsafe operation that exists was answered 403 or 404. */
const isRefused = (request: FastifyRequest, { statusCode }: FastifyReply): boolean =>
  UNSAFE.has(request.method) && !request.is404 && (statusCode === 403 || statusCode === 404);
