import { afterAll, beforeAll, beforeEach } from 'vitest';
import type { ErpAbility } from '#apis/erp';
import {
  hashOf,
  mintId,
  money,
  type BillableTransaction,
  type BillingBatch,
  type BillingCustomer,
  type Effect,
  type FinancialProject,
} from '#canonical';
import type { Plan } from '#capture';
import type { Database } from '#persistence';
import { aBillingCustomer, aBillingSchedule, aFinancialProject, answersUnsupported as answersUnsupportedOf } from '#testing';
import type { BillingMeans } from './billing.port.js';
import { LACKING } from './erp-abilities.js';
import type { ErpVendor } from './erp.port.js';

export type RecordOfErp = 'customer' | 'customer-entity' | 'project' | 'schedule' | 'task';

export type Failure =
  | { do: 'error'; status: number }
  | { do: 'throttle'; retryAfterSeconds?: number }
  | { do: 'maintenance' }
  | { do: 'timeout'; ms: number }
  | { do: 'lose-answer' }
  | { do: 'late-commit'; ms: number }
  /** The process is stopped when the request arrives, which is handled, and goes on after `ms`. */
  | { do: 'freeze'; pid: number; ms: number };

/** A write that the vendor's stand-in committed. */
export interface Committed {
  noun: string;
  externalId: string;
  before: object | null;
  after: object | null;
}

/** Times of a process that calls the vendor, in ms. */
export interface Times {
  settlingMs?: number;
  leaseMs?: number;
  timeoutMs?: number;
}

/** A real process, which does its work when started; `ended` says how that went. */
export interface Elsewhere {
  pid: number;
  start(): void;
  ended: Promise<string>;
}

/**
 * What a vendor's spec provides for the conformance suites: a stand-in, and ways to call it as
 * several processes would.
 */
export interface ErpWorld {
  /** Its optional abilities. */
  abilities: readonly ErpAbility[];
  /** Another process. */
  connect(o?: Times): ErpVendor;
  /** Ensures the customer; ends with `written` or the problem's code. */
  ensures(customer: BillingCustomer, o: Times): Promise<Elsewhere>;
  /** Waits until every failure planned was delivered. */
  delivered(): Promise<void>;
  /** The vendor fails so on the next requests for the record (`times`, once if not said). */
  fail(on: 'read' | 'write', record: RecordOfErp, failure: Failure, times?: number): Promise<void>;
  /** The next answer to a read of the record is cut short on its way. */
  garble(record: RecordOfErp): void;
  forgetFailures(): Promise<void>;
  /** All writes so far, oldest first, in canonical records. */
  committed(): Promise<Committed[]>;
  /** How many records bear the external id. */
  count(record: RecordOfErp, externalId: string): Promise<number>;
  /**
   * A tax registration of an existing customer without an id of ours; and one that two customers
   * share.
   */
  readonly knownRegistration: { taxRegistration: string; name: string };
  sharedRegistration(): Promise<string>;
  /** Where it can `billing`. */
  billing?: BillingWorld;
  open(): Promise<unknown>;
  close(): Promise<void>;
}

export type BillingCall = 'submit' | 'follow' | 'look';

/** Where a real process is to die by its own hand. */
export type Moment = 'before-submit' | 'after-submit' | 'at-look';

export interface BillingWorld {
  means: Pick<BillingMeans, 'repeats' | 'corrections'>;
  readonly dataSource: Database;
  /** Drives the batch to its end; ends with the results, or the signal that killed it. */
  drives(id: string, batch: BillingBatch, o: Times & { dies?: Moment }): Promise<Elsewhere>;
  /** The vendor fails so on the next calls (`times`, once if not said). */
  fail(on: BillingCall, failure: Failure | { do: 'kill'; pid: number; when: 'before' | 'after' }, times?: number): Promise<void>;
  /** A line of time that the vendor takes. */
  line(over?: Partial<BillableTransaction>): BillableTransaction;
  /** A line whose project does not exist at the vendor. */
  badLine(): BillableTransaction;
  /** Puts the line on an invoice. */
  bill(line: BillableTransaction): Promise<void>;
  /** How many records of the line exist, and how many were written. */
  state(line: BillableTransaction): Promise<{ there: number; writes: number }>;
  /** A stand-in that recognises no repeated request, to show what goes wrong without our part. */
  forgetful(): ErpWorld;
}

/** Shared by the suites of a capability. */
export class Bench {
  #vendor: ErpVendor | undefined;

  /**
   * Create it within the `describe` of a suite: opens the world before its tests and closes it
   * after them.
   */
  constructor(
    readonly world: ErpWorld,
    times: Times = {},
  ) {
    beforeAll(async () => {
      await world.open();
      this.#vendor = world.connect(times);
    }, 180_000);
    afterAll(() => world.close());
    beforeEach(() => world.forgetFailures());
  }

  get vendor(): ErpVendor {
    return this.#vendor!;
  }

  can(...abilities: ErpAbility[]): boolean {
    return abilities.every(ability => this.world.abilities.includes(ability));
  }

  /** What the vendor committed during the work. */
  async written(work: () => Promise<unknown>): Promise<Committed[]> {
    const before = (await this.world.committed()).length;
    await work();
    return (await this.world.committed()).slice(before);
  }
}

/**
 * For an ability that the ERP lacks: the app answers 501 where it is needed, and the vendor has no
 * part for it.
 */
export function answersUnsupported(bench: Bench, ability: ErpAbility, part: (vendor: ErpVendor) => unknown): void {
  answersUnsupportedOf('erp', LACKING, ability, () => bench.vendor, part);
}

let serial = 0;

/** A customer and a project of its own for each test. */
export function fresh(over: Partial<FinancialProject> = {}): { customer: BillingCustomer; project: FinancialProject } {
  serial++;
  const customerId = mintId('customer', 'contract', String(serial));
  const dealId = mintId('deal', 'contract', String(serial));
  const id = mintId('project', 'contract', String(serial));
  const { tasks, billingSchedule, ...project } = aFinancialProject();
  return {
    customer: aBillingCustomer({ id: customerId, name: `Customer ${serial}`, taxRegistration: `GB90000${1000 + serial}` }),
    project: {
      ...project,
      id,
      dealId,
      customerId,
      tasks: tasks.map((task, index) => ({ ...task, id: mintId('task', id, String(index)) })),
      billingSchedule: {
        ...billingSchedule,
        milestones: billingSchedule.milestones.map((milestone, index) => ({ ...milestone, id: mintId('milestone', id, String(index)) })),
      },
      ...over,
    },
  };
}

export const timeAndMaterials: Partial<FinancialProject> = {
  billingMethod: 'time-and-materials',
  price: undefined,
  notToExceed: money('50000', 'GBP'),
  billingSchedule: aBillingSchedule({ type: 'time-and-materials', frequency: 'monthly', milestones: [] }),
};

/** As the app writes it. */
async function put<T>(vendor: ErpVendor, key: string, desired: object, plan: () => Promise<Plan<T>>): Promise<Effect[]> {
  return vendor.exclusively(key, hashOf(desired), async () => {
    const { effects, apply } = await plan();
    await apply();
    return effects;
  });
}

export const putCustomer = (vendor: ErpVendor, customer: BillingCustomer) =>
  put(vendor, customer.id, customer, () => vendor.customers.plan(customer));
export const putProject = (vendor: ErpVendor, project: FinancialProject) => put(vendor, project.id, project, () => vendor.projects.plan(project));

export const kindsOf = (effects: Effect[]): string[] => effects.map(({ operation, noun }) => `${operation} ${noun}`);
export const states = (effects: Effect[]): Committed[] => effects.map(({ noun, externalId, before, after }) => ({ noun, externalId, before, after }));
export const withoutRefs = (record: { refs?: unknown } | null) => record && (({ refs: _, ...rest }) => rest)(record);
export const sorted = (project: FinancialProject) => ({ ...project, tasks: [...project.tasks].sort((a, b) => (a.id < b.id ? -1 : 1)) });
export const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

export async function idsOf(pages: AsyncIterable<{ items: { id: string }[] }>): Promise<string[]> {
  const all: string[] = [];
  for await (const { items } of pages) all.push(...items.map(({ id }) => id));
  return all;
}
