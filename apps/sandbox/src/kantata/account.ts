import { clockMs, clockNow, type Ledger, type NoticeFault, type Store, type Table } from '../kit/index.js';
import type { SortedRows } from '../kit/sorted-rows.js';

/**
 * A record as Kantata keeps it: string id, the fields it reads back, references to others as string
 * ids.
 */
export interface KantataRow {
  id: string;
  created_at: string;
  updated_at: string;
  [field: string]: unknown;
}

/** Points that the contract sheet leaves open, each as a named choice. */
export interface KantataChoices {
  /** For an invalid row in a bulk create: refuse all rows, or keep the valid ones. */
  bulkCreate: 'all-or-nothing' | 'partial';
  /**
   * `workspace.price` is in whole units; whether an amount with cents is kept or refused isn't
   * known.
   */
  priceWithCents: 'kept' | 'refused';
  /** Changing or deleting time and expenses of an approved submission. */
  changingApproved: 'refused' | 'allowed';
  /** Changing (not deleting, which is refused) time and expenses that are on an invoice. */
  changingInvoiced: 'refused' | 'allowed';
  /** Rejecting or cancelling a submission that is approved. */
  resolvingApproved: 'falls-back' | 'refused';
  /**
   * Whether approving, and cancelling an approval, moves `updated_at` and sends a notice for each
   * line, or only for the submission.
   */
  approvalMovesLines: boolean;
  /**
   * Whether time and expenses of a project that requires approvals may be invoiced before they are
   * approved.
   */
  invoicingUnapproved: 'refused' | 'allowed';
  /**
   * The longest text by field name, in characters; `value` is for custom fields. The vendor
   * publishes none.
   */
  fieldLengths: Record<string, number>;
  /** Change notices that get lost, come twice or come late: each nth, and by how long. */
  notices: { dropEvery?: number; duplicateEvery?: number; lateMs?: number };
}

const FIRST_IDS: Record<string, number> = {
  workspaces: 41000001,
  stories: 880000001,
  workspace_resources: 6100001,
  workspace_allocations: 9100001,
  resource_requests: 310001,
  external_references: 5200001,
  custom_field_values: 7300001,
  time_entries: 1400000001,
  submissions: 7100001,
  expenses: 23000001,
  invoices: 560001,
};

const byValue =
  (field: string) =>
  (a: KantataRow, b: KantataRow): number => {
    const [one, other] = [text(a[field]), text(b[field])];
    return one < other ? -1 : one > other ? 1 : a.id.length - b.id.length || (a.id < b.id ? -1 : Number(a.id > b.id));
  };

const text = (value: unknown): string => (typeof value === 'string' ? value : String(value ?? ''));

/** One Kantata account: its tables, the ledger of its writes and its feed of changes. */
export class Account {
  readonly id: string;
  readonly #tables = new Map<string, Table<KantataRow>>();
  readonly #sorted = new Map<string, SortedRows<KantataRow>>();
  readonly referencesOf: (subject: string) => KantataRow[];
  readonly referencesTo: (reference: string) => KantataRow[];
  readonly valuesOf: (subject: string) => KantataRow[];
  readonly storiesOf: (workspaceId: string) => KantataRow[];
  readonly resourcesOf: (workspaceId: string) => KantataRow[];
  readonly requestsOf: (resourceId: string) => KantataRow[];
  readonly participationsIn: (workspaceId: string) => KantataRow[];
  readonly participationsOf: (userId: string) => KantataRow[];
  readonly usersAt: (email: string) => KantataRow[];
  readonly archivedWorkspaces: () => KantataRow[];
  readonly timeOf: (workspaceId: string) => KantataRow[];
  readonly timeBy: (userId: string) => KantataRow[];
  /** The lines last submitted with a timesheet or expense report, and those on an invoice. */
  readonly timeSubmittedWith: (submissionId: string) => KantataRow[];
  readonly expensesSubmittedWith: (submissionId: string) => KantataRow[];
  readonly timeOn: (invoiceId: string) => KantataRow[];
  readonly expensesOn: (invoiceId: string) => KantataRow[];
  readonly resolutionsOf: (submissionId: string) => KantataRow[];
  readonly expensesOf: (workspaceId: string) => KantataRow[];
  #notices = 0;
  #noticeFault?: NoticeFault;

  constructor(
    private readonly store: Store,
    readonly ledger: Ledger,
    id: string,
    readonly choices: KantataChoices,
  ) {
    this.id = id;
    const subject = (row: KantataRow) => `${row.subject_type as string}:${row.subject_id as string}`;
    const submission = (row: KantataRow) => (row.recent_submission_id as string | null) ?? undefined;
    const invoice = (row: KantataRow) => (row.invoice_id as string | null) ?? undefined;
    this.referencesOf = this.table('external_references').index(subject);
    this.referencesTo = this.table('external_references').index(
      row => `${row.service_name as string}:${row.service_model as string}:${row.service_model_ref as string}`,
    );
    this.valuesOf = this.table('custom_field_values').index(subject);
    this.storiesOf = this.table('stories').index(row => row.workspace_id as string);
    this.resourcesOf = this.table('workspace_resources').index(row => row.workspace_id as string);
    this.requestsOf = this.table('resource_requests').index(row => row.resource_id as string);
    this.participationsIn = this.table('participations').index(row => row.workspace_id as string);
    this.participationsOf = this.table('participations').index(row => row.user_id as string);
    this.usersAt = this.table('users').index(row => String(row.email_address).toLowerCase());
    const archived = this.table('workspaces').index(row => (row.archived === true ? 'archived' : undefined));
    this.archivedWorkspaces = () => archived('archived');
    this.timeOf = this.table('time_entries').index(row => row.workspace_id as string);
    this.timeBy = this.table('time_entries').index(row => row.user_id as string);
    this.timeSubmittedWith = this.table('time_entries').index(submission);
    this.timeOn = this.table('time_entries').index(invoice);
    this.resolutionsOf = this.table('resolutions').index(row => row.target_id as string);
    this.expensesOf = this.table('expenses').index(row => row.workspace_id as string);
    this.expensesSubmittedWith = this.table('expenses').index(submission);
    this.expensesOn = this.table('expenses').index(invoice);
  }

  table(plural: string): Table<KantataRow> {
    const known = this.#tables.get(plural) ?? this.store.table<KantataRow>(plural);
    this.#tables.set(plural, known);
    return known;
  }

  get(plural: string, id: unknown): KantataRow | undefined {
    return id === null || id === undefined ? undefined : this.table(plural).get(String(id));
  }

  /** The rows of a table by one of their fields, then by id. */
  sorted(plural: string, field: string): SortedRows<KantataRow> {
    const key = `${plural}.${field}`;
    const known = this.#sorted.get(key) ?? this.table(plural).sorted(byValue(field));
    this.#sorted.set(key, known);
    return known;
  }

  /**
   * Inserts a new row. Its id is allotted here, at the commit: a request that arrives first and
   * commits late gets the higher id.
   */
  insert(plural: string, fields: Record<string, unknown>, series = plural): KantataRow {
    const now = this.now();
    const row = { id: String(this.store.next(series, FIRST_IDS[series] ?? 1001)), created_at: now, updated_at: now, ...fields };
    this.table(plural).put(row);
    return row;
  }

  change(plural: string, row: KantataRow, fields: Record<string, unknown>): KantataRow {
    const changed = { ...row, ...fields, updated_at: this.now() };
    this.table(plural).put(changed);
    return changed;
  }

  /** A change that readers do not see as one: `updated_at` stays. */
  amend(plural: string, row: KantataRow, fields: Record<string, unknown>): KantataRow {
    const changed = { ...row, ...fields };
    this.table(plural).put(changed);
    return changed;
  }

  /** Part of a transaction that may be refused alone. */
  attempt<R>(work: () => R): R {
    return this.store.attempt(work);
  }

  now(): string {
    return clockNow().toISOString();
  }

  /** `noticeFault`: what happens to the notices of the changes made within. */
  transaction<R>(work: () => R, noticeFault?: NoticeFault): R {
    this.#noticeFault = noticeFault;
    return this.store.transaction(work);
  }

  /**
   * The feed of changes: `workspace:updated` and so on. Not every subject has events;
   * ResourceRequest and ExternalReference have none.
   */
  notice(subjectType: string, before: KantataRow | null, after: KantataRow | null): void {
    const { dropEvery, duplicateEvery } = this.choices.notices;
    const fault = this.#noticeFault;
    const lateMs = fault?.how === 'delay' ? fault.ms : (this.choices.notices.lateMs ?? 0);
    const nth = ++this.#notices;
    if (fault?.how === 'drop' || (dropEvery !== undefined && nth % dropEvery === 0)) return;
    const row = (after ?? before)!;
    const happened = after === null ? 'deleted' : before === null ? 'created' : 'updated';
    const event = {
      event_type: `${subjectType.replace(/(?<=[a-z])(?=[A-Z])/g, '_').toLowerCase()}:${happened}`,
      account_id: this.id,
      context_workspace_id: subjectType === 'Workspace' ? row.id : (row.workspace_id ?? null),
      user_id: this.me()?.id ?? null,
      subject_type: subjectType,
      subject_id: row.id,
      subject_changed_at: this.now(),
      created_at: new Date(clockMs() + lateMs).toISOString(),
      current_payload: JSON.stringify(row),
      payload_changes: JSON.stringify(changes(before, after)),
    };
    this.insert('subscribed_events', event);
    if (fault?.how === 'duplicate' || (duplicateEvery !== undefined && nth % duplicateEvery === 0)) this.insert('subscribed_events', event);
  }

  /** The user of the token: the account's first. */
  me(): KantataRow | undefined {
    return this.table('users').get('1001');
  }
}

/** Each field that changed, as [old, new]. */
function changes(before: KantataRow | null, after: KantataRow | null): Record<string, [unknown, unknown]> {
  if (before === null || after === null) return {};
  const changed = Object.keys(after).filter(
    field => before[field] !== after[field] && (typeof after[field] !== 'object' || JSON.stringify(before[field]) !== JSON.stringify(after[field])),
  );
  return Object.fromEntries(changed.map(field => [field, [before[field] ?? null, after[field] ?? null]]));
}
