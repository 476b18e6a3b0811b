import { PSA_ABILITIES } from '#apis/psa';
import type { ExpenseEntry, TimeEntry } from '#canonical';
import { bearer, Connector, OnceWriter, type CheckResult, type WriteGuarantee, type VendorClock } from '#connector';
import type { Database } from '#persistence';
import type { Metrics } from '#service';
import type { PsaVendor } from '../port/psa.port.js';
import { KantataAssignments } from './assignments/assignments.js';
import { KantataBilling } from './billing/billing.js';
import { KantataApi } from './kantata.api.js';
import { checkKantata } from './kantata.check.js';
import { kantataCodes } from './kantata.codes.js';
import { namesOf, type KantataConfig } from './kantata.config.js';
import { KantataDirectory } from './kantata-directory.js';
import { type KantataNames } from './kantata-names.js';
import { KantataPlaces } from './kantata-places.js';
import { KantataWriter } from './kantata-writer.js';
import { expenseKind, timeEntryKind } from './lines/line-kinds.js';
import { KantataLines } from './lines/lines.js';
import type { KantataExpense, KantataTimeEntry } from './lines/lines.wire.js';
import { ProjectChanges } from './projects/project-changes.js';
import { ProjectReader } from './projects/project-reader.js';
import { KantataProjects } from './projects/projects.js';
import { StaffingReader } from './staffing/staffing-reader.js';
import { KantataStaffing } from './staffing/staffing.js';
import { KantataSubmissions } from './submissions/submissions.js';

type OnceParts = ConstructorParameters<typeof OnceWriter>[3];

export interface KantataConnection {
  config: KantataConfig;
  dataSource: Database;
  metrics: Metrics;
  /** For tests: the parts that make writes safe, so that one can be left out. */
  parts?: OnceParts;
}

/**
 * Kantata OX as a PSA. It has neither upsert nor request key, so every record is made by look-up:
 * our id is sent as an inline external reference, an absence is believed only once no earlier
 * attempt can still commit, and of two records one is kept.
 */
export class KantataVendor implements PsaVendor {
  readonly account: string;
  readonly abilities = PSA_ABILITIES;
  readonly means: Record<string, WriteGuarantee> = {
    workspace: 'look-up',
    story: 'look-up',
    seat: 'look-up',
    request: 'look-up',
    invoice: 'look-up',
    'time-entry': 'look-up',
    expense: 'look-up',
    'timesheet-submission': 'look-up',
    'expense-report-submission': 'look-up',
    reference: 'upsert',
  };
  readonly names: KantataNames;
  readonly api: KantataApi;
  readonly directory: KantataDirectory;
  readonly timeEntries: KantataLines<KantataTimeEntry, TimeEntry>;
  readonly expenses: KantataLines<KantataExpense, ExpenseEntry>;
  readonly billing: KantataBilling;
  readonly assignments: KantataAssignments;
  readonly projects: KantataProjects;
  readonly staffing: KantataStaffing;
  readonly submissions: KantataSubmissions;
  readonly check: () => Promise<CheckResult[]>;

  readonly #connector: Connector;
  readonly #once: OnceWriter;

  constructor({ config, dataSource, metrics, parts }: KantataConnection) {
    const { account, baseUrl, token, concurrency, timeoutMs, settlingMs, leaseMs, changeFeed } = config;
    this.account = account;
    const names = (this.names = namesOf(config));
    this.#connector = new Connector({
      vendor: 'kantata',
      account,
      baseUrl,
      auth: bearer(token),
      concurrency,
      timeoutMs,
      dataSource,
      metrics,
      codes: kantataCodes,
    });
    const api = (this.api = new KantataApi(this.#connector));
    const directory = (this.directory = new KantataDirectory(api, config.approverEmail));
    const places = new KantataPlaces(api, names);
    this.timeEntries = new KantataLines(api, places, timeEntryKind(names), changeFeed === 'events', {
      keysOf: ids => this.submissions.timeEntries.keysOf(ids),
      duplicates: lines => this.submissions.timeEntries.duplicates(lines),
    });
    this.expenses = new KantataLines(api, places, expenseKind(names), changeFeed === 'events', {
      keysOf: ids => this.submissions.expenses.keysOf(ids),
      duplicates: lines => this.submissions.expenses.duplicates(lines),
    });
    this.assignments = new KantataAssignments(api, places, names);
    this.billing = new KantataBilling(api, () => this.#once, names);
    const projects = new ProjectReader(api, directory, names, projectId => writer.workspaceInUse(projectId));
    const staffing = new StaffingReader(api, names, projects);
    this.submissions = new KantataSubmissions(
      api,
      { timeEntries: this.timeEntries, expenses: this.expenses },
      { writer: () => writer, names, directory, storiesOf: id => projects.calls.storiesOf(id) },
    );
    const kinds = [...projects.kinds(), ...staffing.kinds(), this.billing.kind(), ...this.submissions.kinds()];
    this.#once = new OnceWriter(dataSource, { system: 'kantata', account, settlingMs, leaseMs }, kinds, parts);
    const writer = new KantataWriter(directory, names, this.#once, config.fieldLengths ?? []);
    const changes = new ProjectChanges(api, projects, changeFeed);
    this.projects = new KantataProjects(writer, projects, changes);
    this.staffing = new KantataStaffing(writer, staffing);
    this.check = () =>
      checkKantata({ config, names, api, directory, projects, changes, staffing, timeEntries: this.timeEntries, expenses: this.expenses });
  }

  get clock(): VendorClock {
    return this.#connector.clock;
  }

  /**
   * In `once`, the content of a lost write matters for each of Kantata's records, so the hash is
   * not needed here.
   */
  exclusively<R>(key: string, _hash: string, work: () => Promise<R>): Promise<R> {
    return this.#once.exclusively(key, work);
  }

  watch(): { stop(): Promise<void> } {
    return this.#once.watch();
  }

  close(): Promise<void> {
    return this.#connector.close();
  }
}
