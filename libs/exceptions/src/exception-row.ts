import type { Desk, ExceptionCategory, ExceptionRecord, ExternalRef, MoneyTotal, Need, StoredReason } from '#canonical';

/** Which turn of which lane the exception holds; see libs/flow. */
export interface HeldTurn {
  subscription: string;
  key: string;
  seq: number;
}

export interface ExceptionRow {
  id: string;
  version: number;
  app: string;
  flow: string;
  step: string;
  run_id: string;
  turn: HeldTurn | null;
  reasons: StoredReason[];
  category: string;
  desk: string;
  subject: string;
  keys: Record<string, string>;
  refs: ExternalRef[];
  money: MoneyTotal[];
  state: ExceptionRecord['state'];
  opened_at: Date;
  due_at: Date;
  resolved_at: Date | null;
  parked_behind: number;
  effect: ExceptionRecord['effect'];
  request: string | null;
  answer: string | null;
  legal_entities: string[];
  correlation_id: string;
  traceparent: string | null;
  history: ExceptionRecord['history'];
  needs: Need[];
}

/** An exception with its needs, in one statement. */
export const SELECT = `
  select x.*, coalesce((
    select jsonb_agg(jsonb_build_object('need', n.need, 'desk', n.desk, 'met', n.met_at is not null, 'cure', n.cure) order by n.need)
    from exceptions.need n where n.exception_id = x.id), '[]') needs
  from exceptions.exception x`;

export function exceptionRecord(row: ExceptionRow): ExceptionRecord {
  return {
    id: row.id,
    app: row.app,
    flow: row.flow,
    step: row.step,
    runId: row.run_id,
    reasons: row.reasons,
    category: row.category as ExceptionCategory,
    desk: row.desk as Desk,
    subject: row.subject,
    keys: row.keys,
    refs: row.refs,
    needs: row.needs,
    money: row.money,
    state: row.state,
    openedAt: row.opened_at.toISOString(),
    dueAt: row.due_at.toISOString(),
    ...(row.resolved_at ? { resolvedAt: row.resolved_at.toISOString() } : {}),
    parkedBehind: row.parked_behind,
    effect: row.effect,
    ...(row.request ? { request: row.request } : {}),
    ...(row.answer ? { answer: row.answer } : {}),
    legalEntities: row.legal_entities,
    correlationId: row.correlation_id,
    ...(row.traceparent ? { traceparent: row.traceparent } : {}),
    history: row.history,
  };
}
