import { PSA_ABILITIES } from '#apis/psa';
import type { ExpenseEntry, TimeEntry } from '#canonical';
import { bearer, Connector, OnceWriter, type Finding, type Found, type FoundOfSet, type Means, type OnceKind, type VendorClock } from '#connector';
import type { Database } from '#persistence';
import type { Metrics } from '#service';
import type { PsaVendor } from '../port/psa.port.js';
import { KantataBilling } from './kantata.billing.js';
import { KantataCalls } from './kantata.calls.js';
import { checkKantata } from './kantata.check.js';
import { KantataClient } from './kantata.client.js';
import { kantataCodes } from './kantata.codes.js';
import type { KantataConfig } from './kantata.config.js';
import { KantataDirectory } from './kantata.directory.js';
import { checkLines } from './kantata.line-check.js';
import { expenseKind, timeEntryKind } from './kantata.line-kinds.js';
import { KantataLines } from './kantata.lines.js';
import type { KantataNames, Model } from './kantata.mapper.js';
import { KantataPlaces } from './kantata.places.js';
import { KantataProjects } from './kantata.projects.js';
import { KantataReader } from './kantata.reader.js';
import { KantataStaffing } from './kantata.staffing.js';
import { KantataTeams } from './kantata.teams.js';
import type { KantataExpense, KantataTimeEntry } from './kantata.wire.js';
import { KantataWriter } from './kantata.writer.js';

type Story = FoundOfSet & { model: Model };
type OnceParts = ConstructorParameters<typeof OnceWriter>[3];

export interface KantataConnection {
  config: KantataConfig;
  dataSource: Database;
  metrics: Metrics;
  /** For tests: the parts that make writes safe, to be left out. */
  parts?: OnceParts;
}

/**
 * Kantata OX as a PSA. It has neither upsert nor request key, so every record is made by look-up: our id travels as an inline
 * external reference, an absence is believed only once all earlier attempts are settled, and of two records one is kept.
 */
export class KantataVendor implements PsaVendor {
  readonly account: string;
  readonly abilities = PSA_ABILITIES;
  readonly means: Record<string, Means> = {
    workspace: 'look-up',
    story: 'look-up',
    seat: 'look-up',
    request: 'look-up',
    invoice: 'look-up',
    reference: 'upsert',
  };
  readonly names: KantataNames;
  readonly calls: KantataCalls;
  readonly client: KantataClient;
  readonly directory: KantataDirectory;
  readonly once: OnceWriter;
  readonly timeEntries: KantataLines<KantataTimeEntry, TimeEntry>;
  readonly expenses: KantataLines<KantataExpense, ExpenseEntry>;
  readonly billing: KantataBilling;
  readonly assignments: KantataTeams;
  readonly projects: KantataProjects;
  readonly staffing: KantataStaffing;

  readonly #connector: Connector;
  readonly #reader: KantataReader;
  readonly #config: KantataConfig;

  constructor({ config, dataSource, metrics, parts }: KantataConnection) {
    const { account, baseUrl, token, concurrency, timeoutMs, settlingMs, leaseMs } = config;
    this.#config = config;
    this.account = account;
    this.names = namesOf(config);
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
    const calls = new KantataCalls(this.#connector);
    this.calls = calls;
    this.client = new KantataClient(calls);
    this.directory = new KantataDirectory(this.client, config.approverEmail);
    this.#reader = new KantataReader(this.client, this.directory, this.names, config.changeFeed, projectId => writer.workspaceInUse(projectId));
    const places = new KantataPlaces(calls, this.names);
    const readsEvents = config.changeFeed === 'events';
    this.timeEntries = new KantataLines(calls, places, timeEntryKind(this.names), readsEvents);
    this.expenses = new KantataLines(calls, places, expenseKind(this.names), readsEvents);
    this.assignments = new KantataTeams(calls, places, this.names);
    this.billing = new KantataBilling(calls, () => this.once, this.names);
    this.once = new OnceWriter(dataSource, { system: 'kantata', account, settlingMs, leaseMs }, this.#kinds(), parts);
    const writer = new KantataWriter(this.client, this.directory, this.#reader, this.names, this.once, config.fieldLengths ?? []);
    this.projects = new KantataProjects(writer);
    this.staffing = new KantataStaffing(writer);
  }

  get clock(): VendorClock {
    return this.#connector.clock;
  }

  /** Of what content a lost write was counts at each record of Kantata's, in `once`. */
  alone<R>(key: string, _hash: string, work: () => Promise<R>): Promise<R> {
    return this.once.alone(key, work);
  }

  watch(): { stop(): Promise<void> } {
    return this.once.watch();
  }

  check(): Promise<Finding[]> {
    return checkKantata(this.client, this.names, this.#config, () => checkLines(this.calls, this.timeEntries, this.expenses));
  }

  close(): Promise<void> {
    return this.#connector.close();
  }

  // ---- the means ----

  #kinds(): OnceKind[] {
    const { client } = this;
    return [
      {
        kind: 'workspace',
        means: 'look-up',
        find: async (key: string): Promise<Found[]> => (await client.workspacesOf(key)).map(({ id, archived }) => ({ id, archived })),
        retire: (found: Found) => client.retireWorkspace(found.id, (found as FoundOfSet).key),
      },
      {
        kind: 'story',
        means: 'look-up',
        findAll: (workspaceId: string): Promise<Story[]> => this.#reader.ourStories(workspaceId),
        retire: (found: Found) => client.retireStory(found.id, (found as Story).model, (found as Story).key),
      },
      {
        kind: 'seat',
        means: 'look-up',
        find: async (key: string): Promise<Found[]> => (await client.seatsOf(key)).map(({ id }) => ({ id })),
        retire: (found: Found) => client.retireSeat(found.id, (found as FoundOfSet).key),
      },
      this.billing.kind(),
      {
        kind: 'request',
        means: 'look-up',
        find: async (key: string): Promise<Found[]> => {
          const [seatId, previous] = key.split('/');
          const requests = await this.staffing.requestsOn(seatId);
          // Those that are answered, cancelled or rejected, are done with.
          const open = requests.filter(({ id, status }) => Number(id) > Number(previous) && (status === 'new' || status === 'approved'));
          return open.map(({ id }) => ({ id }));
        },
        retire: (found: Found) => client.cancelRequest(found.id),
      },
    ];
  }
}

export function namesOf(config: KantataConfig): KantataNames {
  const pairs = (list: string[] = []) => Object.fromEntries(list.map(pair => pair.split('=').map(part => part.trim()) as [string, string]));
  return {
    account: config.account,
    appUrl: config.appUrl,
    workspace: {
      legalEntity: config.legalEntityField,
      costCentre: config.costCentreField,
      billingMethod: config.billingMethodField,
      customerId: config.customerIdField,
      customerName: config.customerNameField,
      dealId: config.dealIdField,
    },
    extensions: pairs(config.extensionFields),
    story: { role: config.taskRoleField, sequence: config.milestoneSequenceField },
    seat: {
      skills: config.staffingSkillsField,
      legalEntity: config.staffingLegalEntityField,
      minutes: config.staffingMinutesField,
      start: config.staffingStartField,
      end: config.staffingEndField,
    },
    overtimeLocation: config.overtimeLocation,
    foreignAmounts: config.foreignAmounts,
    roles: pairs(config.roles),
  };
}
