/**
 * Which legal entities or apps a table's rows belong to: row security decides by this who sees a
 * row.
 */
export type Rows =
  /** SQL of the customer, and a column `text[]` of legal entities: visible to the partner that is this customer. */
  | { customer: string; entities: string }
  /** SQL of an agency's code, and a column `text[]` of legal entities: visible to the partner that is this agency. */
  | { agency: string; entities: string }
  /** A column `text[]` of legal entities; empty concerns none (yet). */
  | { entities: string }
  /** SQL of one legal entity; null or '' is none (yet). */
  | { entity: string }
  /** Visible to whoever sees the row of another table: what follows `exists (select 1 from`. */
  | { of: string; right?: string }
  /** SQL of a condition; `{entity:column}` and `{entities:column}` stand for the rule on one legal entity and on several. */
  | { rule: string }
  /**
   * SQL of the app that a row belongs to, in every view. Rows for which `shared` is true belong to
   * no app: all apps read them, and may delete them once `past` is true.
   */
  | { app: string; shared: string; past: string }
  /** Visible only to work that sees everything, for the given reason. */
  | { hidden: string }
  /** Rows that belong to no legal entity, for the given reason. */
  | { everybody: string };

const PAY = 'worker.cost-rate';

/**
 * Every table, and whom its rows belong to. A table that isn't listed is refused when the database
 * is prepared, and fails a test. The policies are made from this list after all migrations, so a
 * new table is covered by its line.
 */
export const ROWS: Record<string, Rows> = {
  'service.audit': { everybody: 'added to by every app; no role may read it' },
  // A route begins with its app. Older keys begin with the method, and are answered until they
  // expire.
  'service.idempotency': { app: `split_part(route, ' ', 1)`, shared: `route ~ '^[A-Z]+ '`, past: `claimed_at < now() - interval '24 hours'` },

  'governance.usage': { app: 'app', shared: 'false', past: 'false' },

  'events.event': { entities: 'legal_entities' },
  'events.key_head': { everybody: 'keys and their counts' },
  'events.subscription': { everybody: 'cursors' },
  'events.set_aside': { entities: 'legal_entities' },
  'events.stopped': { everybody: 'which feeds and readers stand still, and why' },

  'connector.permit': { everybody: 'calls under way' },
  'connector.write_key': { everybody: 'leases of keys' },
  'connector.attempt': { everybody: 'keys and hashes of writes' },
  'connector.in_use': { everybody: 'keys and ids' },
  'connector.duplicate': { everybody: 'keys and ids' },
  'connector.batch': { entities: 'legal_entities' },

  'capture.feed': { everybody: 'cursors' },
  // What the whole firm shares has no legal entity by nature, not because it is unknown.
  'capture.shadow': {
    rule: `system = 'erp' and (noun in ('reference-value', 'exchange-rate') or noun = 'accounting-period' and legal_entities = '{}')
      or {entities:legal_entities}`,
  },
  'capture.swept': { everybody: 'ids that a sweep saw' },
  'capture.writing': { everybody: 'ids that are being written' },

  // A consumer and a plan are agreements of the house with whoever calls it, whichever legal entity
  // that one works for.
  'governance.consumer': { everybody: 'who calls the house, by which plan, and whom to write to' },
  'governance.partner': { everybody: 'which firms call the house, by which plan, and what each may see' },
  'governance.partner_client': { everybody: 'by which clients of which issuer a partner calls' },
  'governance.budget': { everybody: 'counts of calls; a call concerns no legal entity' },
  'governance.retirement': { everybody: 'what of the APIs has ended, and who was told' },
  'governance.acknowledgement': { everybody: 'which consumers took note of what ends' },
  'governance.plan': { everybody: 'how much a consumer may ask' },

  'mappings.mapping': { everybody: "the firm's own words, which all of it shares" },

  'ownership.decision': { entities: 'legal_entities' },

  'exceptions.exception': { entities: 'legal_entities' },
  'exceptions.need': { of: 'exceptions.exception x where x.id = need.exception_id' },
  'exceptions.release': { of: 'exceptions.exception x where x.id = release.canary' },

  'flow.lane': { everybody: 'keys' },
  'flow.turn': { everybody: 'keys and their turns; what a turn is about is the event' },
  'flow.executor': { everybody: 'processes' },

  'initiation.plan': { entities: 'legal_entities' },
  'initiation.sold_rates': { entities: 'legal_entities' },
  'initiation.engagement': { of: 'initiation.plan p where p.id = engagement.plan_id' },

  'billing.project': { entities: 'legal_entities' },
  'billing.assignment': { of: 'billing.project p where p.id = assignment.project_id' },
  'billing.rate': { entities: 'legal_entities' },
  'billing.expense_term': { entities: 'legal_entities' },
  'billing.price_change': { entities: 'legal_entities' },
  'billing.correction': { everybody: 'ids of what was corrected, and how far its lines have been looked at' },
  'billing.price_difference': { of: 'billing.line l where l.id = price_difference.line_id' },
  'billing.exchange_rate': { everybody: "the firm's exchange rates" },
  'billing.period': { rule: "legal_entity = '*' or {entity:legal_entity}" },
  'billing.line': { entities: 'legal_entities' },
  'billing.posting': { of: 'billing.line l where l.id = posting.line_id' },
  'billing.batch': { everybody: 'ids, counts and leases' },
  'billing.cap': { of: 'billing.project p where p.id = cap.project_id' },
  'billing.turn': { everybody: 'leases' },
  'billing.hold': { everybody: 'why nothing is sent to the ERP' },
  'billing.invoice': { entity: "state ->> 'legalEntity'" },
  'billing.status_back': { everybody: 'ids of what the PSA is to be told' },
  'billing.status_moved': { everybody: 'ids of what moved on' },

  'hcm.worker': { of: 'hcm.worker_version v where v.worker_id = worker.id' },
  'hcm.worker_version': { entity: 'legal_entity' },
  'hcm.worker_cost_rate': { of: 'hcm.worker_version v where v.worker_id = worker_cost_rate.worker_id', right: PAY },
  'hcm.worker_leave': { of: 'hcm.worker_version v where v.worker_id = worker_leave.worker_id' },

  'erp.invoiced_line': { everybody: 'ids: which invoice a line is on' },

  // Partners are firms of their own: the customer or agency of a row decides, and its legal entities
  // besides.
  'partner.project': { customer: 'customer_id', entities: 'legal_entities' },
  'partner.invoice': { customer: 'customer_id', entities: 'legal_entities' },
  'partner.invoice_line': { of: 'partner.invoice i where i.id = invoice_line.invoice_id' },
  'partner.invoiced': { of: 'partner.invoice_line l where l.line_id = invoiced.line_id and l.version = invoiced.version' },
  'partner.line': { agency: 'agency', entities: 'legal_entities' },
  'partner.employment': { hidden: 'by whom a worker was lent, and when; the agency is on each line' },
  'partner.progress': { hidden: 'how far the log was read' },

  'portal.subject': { entities: 'legal_entities' },
  'portal.deal': { entities: 'legal_entities' },
  'portal.customer': { entities: 'legal_entities' },
  'portal.project': { entities: 'legal_entities' },
  'portal.worker': { entities: 'legal_entities' },
  'portal.staffing_request': { entities: 'legal_entities' },
  'portal.journey_step': { entities: 'legal_entities' },
  'portal.exception': { entities: 'legal_entities' },
  'portal.exception_group': { entities: 'legal_entities' },
  'portal.exception_group_money': { entities: 'legal_entities' },
  'portal.billing_line': { entities: 'legal_entities' },
  'portal.invoice': { entities: 'legal_entities' },
  'portal.alias': { of: 'portal.subject s where s.id = alias.subject' },
  'portal.journey_line': { of: 'portal.journey_step s where s.id = journey_line.step_id' },
  'portal.exception_line': { of: 'portal.exception x where x.id = exception_line.exception_id' },
  'portal.exception_need': { of: 'portal.exception x where x.id = exception_need.exception_id' },
  'portal.exception_money': { of: 'portal.exception x where x.id = exception_money.exception_id' },
  // Candidates reveal who is on leave: visible only for requests and workers that the viewer may
  // see.
  'portal.candidate': {
    of: 'portal.staffing_request r where r.id = candidate.request_id and exists (select 1 from portal.worker w where w.id = candidate.worker_id)',
  },
  'portal.worker_cost_rate': { of: 'portal.worker w where w.id = worker_cost_rate.worker_id', right: PAY },
  'portal.billing_line_cost': { of: 'portal.billing_line l where l.id = billing_line_cost.line_id', right: PAY },
  'portal.billing_alias': { of: 'portal.billing_line l where l.id = billing_alias.line_id' },
  'portal.invoice_line': { of: 'portal.invoice i where i.id = invoice_line.invoice_id' },
  'portal.concern': { hidden: 'why a subject concerns a legal entity; the sum is on each row' },
  'portal.mapping': { hidden: 'words that the read model resolves' },
  'portal.worker_cost_rate_due': { hidden: 'whose pay is to be read' },
  'portal.progress': { hidden: 'how far the log was read; told with each answer' },
};

export const schemasOf = (rows: Record<string, Rows>): string[] => [...new Set(Object.keys(rows).map(table => table.split('.')[0]))];

/** Throughline's own schemas; DBOS has one of its own. */
export const SCHEMAS = schemasOf(ROWS);
