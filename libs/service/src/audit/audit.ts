import { Inject, Injectable } from '@nestjs/common';
import { actorOf } from '#auth';
import type { Actor } from '#canonical';
import type { Transaction } from '#persistence';
import { APP, type App } from '../app-definition.js';
import { context, currentContext } from '../context/context.js';
import { redact } from '../logs/redact.js';

export interface AuditEntry {
  /** The action, in kebab-case: `mapping-set`, `project-changed`. */
  what: string;
  /** Id of the changed record. */
  subject: string;
  before: unknown;
  after: unknown;
  why?: string;
  /** The actor, if it isn't the caller: a flow or the system itself. */
  actor?: Actor;
}

const json = (value: unknown): string | null => (value === undefined || value === null ? null : JSON.stringify(redact(value)));

/**
 * The append-only record of who changed what, why, from which state to which: table service.audit.
 */
@Injectable()
export class Audit {
  constructor(@Inject(APP) private readonly app: App) {}

  /** Writes the row in the caller's transaction, so a change and its row commit together. */
  async record(em: Transaction, entry: AuditEntry): Promise<void> {
    const { principal, correlationId, traceparent } = context();
    const actor: Actor = entry.actor ?? (principal ? actorOf(principal) : { kind: 'system', id: this.app.name });
    await em.query(
      `insert into service.audit (app, actor, client, what, subject, why, before, after, correlation_id, traceparent)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
      [
        this.app.name,
        JSON.stringify(actor),
        principal?.clientId ?? this.app.name,
        entry.what,
        entry.subject,
        entry.why ?? null,
        json(entry.before),
        json(entry.after),
        correlationId,
        traceparent ?? null,
      ],
    );
    const audit = currentContext()?.audit;
    if (audit) audit.recorded = true;
  }
}
