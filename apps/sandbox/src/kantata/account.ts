import type { Ledger, NoticeFault, Store, Table } from '../kit/index.js';

/** A record as Kantata keeps it: string id, the fields it reads back, references to others as string ids. */
export interface KantataRow {
  id: string;
  created_at: string;
  updated_at: string;
  [field: string]: unknown;
}

/** What the contract sheet leaves open, each a named choice. */
export interface KantataChoices {
  /** One invalid row of a bulk create: refuse all of them, or keep the valid ones. */
  bulkCreate: 'all-or-nothing' | 'partial';
  /** `workspace.price` is in whole units; whether an amount with cents is kept or refused isn't known. */
  priceWithCents: 'kept' | 'refused';
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
};

/** One Kantata account: its tables, the ledger of its writes and its feed of changes. */
export class Account {
  readonly id: string;
  readonly #tables = new Map<string, Table<KantataRow>>();
  readonly referencesOf: (subject: string) => KantataRow[];
  readonly referencesTo: (reference: string) => KantataRow[];
  readonly valuesOf: (subject: string) => KantataRow[];
  readonly storiesOf: (workspaceId: string) => KantataRow[];
  readonly resourcesOf: (workspaceId: string) => KantataRow[];
  readonly requestsOf: (resourceId: string) => KantataRow[];
  readonly timeOf: (workspaceId: string) => KantataRow[];
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
    this.referencesOf = this.table('external_references').index(subject);
    this.referencesTo = this.table('external_references').index(
      row => `${row.service_name as string}:${row.service_model as string}:${row.service_model_ref as string}`,
    );
    this.valuesOf = this.table('custom_field_values').index(subject);
    this.storiesOf = this.table('stories').index(row => row.workspace_id as string);
    this.resourcesOf = this.table('workspace_resources').index(row => row.workspace_id as string);
    this.requestsOf = this.table('resource_requests').index(row => row.resource_id as string);
    this.timeOf = this.table('time_entries').index(row => row.workspace_id as string);
  }

  table(plural: string): Table<KantataRow> {
    const known = this.#tables.get(plural) ?? this.store.table<KantataRow>(plural);
    this.#tables.set(plural, known);
    return known;
  }

  get(plural: string, id: unknown): KantataRow | undefined {
    return id === null || id === undefined ? undefined : this.table(plural).get(String(id));
  }

  /** Puts a new row. Its id is allotted here, at the commit: a request that arrives first and commits late gets the higher one. */
  insert(plural: string, fields: Record<string, unknown>): KantataRow {
    const now = this.now();
    const row = { id: String(this.store.next(plural, FIRST_IDS[plural] ?? 1001)), created_at: now, updated_at: now, ...fields };
    this.table(plural).put(row);
    return row;
  }

  change(plural: string, row: KantataRow, fields: Record<string, unknown>): KantataRow {
    const changed = { ...row, ...fields, updated_at: this.now() };
    this.table(plural).put(changed);
    return changed;
  }

  now(): string {
    return new Date().toISOString();
  }

  /** `noticeFault`: what happens to the notices of the changes made within. */
  transaction<R>(work: () => R, noticeFault?: NoticeFault): R {
    this.#noticeFault = noticeFault;
    return this.store.transaction(work);
  }

  /** The feed of changes: `workspace:updated` and so on. Not every subject has events; ResourceRequest and ExternalReference have none. */
  notice(subjectType: string, happened: 'created' | 'updated' | 'deleted', row: KantataRow): void {
    const { dropEvery, duplicateEvery } = this.choices.notices;
    const fault = this.#noticeFault;
    const lateMs = fault?.how === 'delay' ? fault.ms : (this.choices.notices.lateMs ?? 0);
    const nth = ++this.#notices;
    if (fault?.how === 'drop' || (dropEvery !== undefined && nth % dropEvery === 0)) return;
    const event = {
      event_type: `${subjectType.replace(/(?<=[a-z])(?=[A-Z])/g, '_').toLowerCase()}:${happened}`,
      account_id: this.id,
      context_workspace_id: subjectType === 'Workspace' ? row.id : (row.workspace_id ?? null),
      user_id: this.me()?.id ?? null,
      subject_type: subjectType,
      subject_id: row.id,
      subject_changed_at: this.now(),
      created_at: new Date(Date.now() + lateMs).toISOString(),
      current_payload: JSON.stringify(row),
    };
    this.insert('subscribed_events', event);
    if (fault?.how === 'duplicate' || (duplicateEvery !== undefined && nth % duplicateEvery === 0)) this.insert('subscribed_events', event);
  }

  /** The user whose token it is: the account's first. */
  me(): KantataRow | undefined {
    return this.table('users').get('1001');
  }
}
