import type { IncomingMessage, ServerResponse } from 'node:http';
import assert from 'node:assert/strict';
import { afterAll, afterEach, beforeAll } from 'vitest';
import type { HcmAbility } from '#apis/hcm';
import { answersUnsupported, type SandboxControl, testServer } from '#testing';
import type { WorkerHistory } from '../../workers/worker-record.js';
import { LACKING } from './hcm-abilities.js';
import type { HcmVendor } from './hcm.port.js';

type FaultMatch = Parameters<SandboxControl['planFault']>[0]['match'];

/** How a test wants the vendor connected; the rest is as configured for a sandbox. */
export interface ConnectOptions {
  /** Another address than the sandbox's: a server in between. */
  baseUrl?: string;
  wrongCredentials?: boolean;
  timeoutMs?: number;
  /** The day it is, `YYYY-MM-DD`, at the adapter. */
  today?: string;
}

export interface Hire {
  firstName: string;
  lastName: string;
  email: string;
  role: string;
  legalEntity: string;
  costCentre: string;
  skills: string[];
  costRate: string;
}

/**
 * What a vendor's spec provides for the conformance suites. `HR` acts in the back end's own
 * screens.
 */
export interface HcmWorld {
  control: SandboxControl;
  /** Its optional abilities. */
  abilities: readonly HcmAbility[];
  reads: { workers: FaultMatch; costRates?: FaultMatch };
  /** The password that is used where it is to be wrong. */
  wrongPassword: string;
  /** Invalid answers with status 200: their name, the text and its type. */
  nonsense: [what: string, text: string, type: string][];
  connect(o?: ConnectOptions): HcmVendor;
  workerId(employeeNumber: string): string;
  /** Those of the sample firm. */
  employees(): {
    employeeNumber: string;
    name: string;
    role: string;
    legalEntity: string;
    skills: string[];
    costRates: { from: string; amount: string }[];
  }[];
  hr: {
    hire(employeeNumber: string, from: string, hire: Hire): Promise<string>;
    /** Answers the transaction's id, by which it is corrected or rescinded. */
    changeRole(employeeNumber: string, from: string, role: string): Promise<string>;
    correctRole(employeeNumber: string, transaction: string, from: string, role: string): Promise<void>;
    rescind(employeeNumber: string, transaction: string): Promise<void>;
    terminate(employeeNumber: string, lastDay: string): Promise<void>;
    beginLeave(employeeNumber: string, from: string, to: string | null): Promise<void>;
    endLeave(employeeNumber: string, firstDayBack: string): Promise<void>;
    setCostRate(employeeNumber: string, from: string, amount: string): Promise<void>;
    /** A change that the back end's log does not contain. */
    setSkillsUnlogged(employeeNumber: string, from: string, skills: string[]): Promise<void>;
  };
  open(): Promise<void>;
  close(): Promise<void>;
}

/** All that a reading shows. */
export async function collected<P>(pages: AsyncIterable<P>): Promise<P[]> {
  const all: P[] = [];
  for await (const page of pages) all.push(page);
  return all;
}

/** Shared by the suites: closes vendors and servers, and clears faults. */
export class Bench {
  readonly #open: HcmVendor[] = [];
  readonly #servers: (() => Promise<void>)[] = [];

  /**
   * Create it within the `describe` of the suites: opens the world before their tests and closes it
   * after them.
   */
  constructor(readonly world: HcmWorld) {
    beforeAll(() => world.open());
    afterEach(async () => {
      await world.control.clearFaults();
      await this.closeServers();
      await Promise.all(this.#open.splice(0).map(vendor => vendor.close()));
    });
    afterAll(() => world.close());
  }

  can(ability: HcmAbility): boolean {
    return this.world.abilities.includes(ability);
  }

  unsupported(ability: HcmAbility): void {
    answersUnsupported('hcm', LACKING, ability, () => this.connect());
  }

  connect(o: ConnectOptions = {}): HcmVendor {
    const vendor = this.world.connect(o);
    this.#open.push(vendor);
    return vendor;
  }

  async everybody(vendor = this.connect()): Promise<WorkerHistory[]> {
    return (await collected(vendor.workers.all())).flatMap(page => page.items);
  }

  async since(moment: string | null, vendor = this.connect()): Promise<{ items: WorkerHistory[]; cursor: string }> {
    const pages = await collected(vendor.workers.changed(moment));
    return { items: pages.flatMap(page => page.items), cursor: pages.at(-1)!.cursor };
  }

  /** The one worker that a reading since `moment` shows. */
  async changedOne(moment: string, employeeNumber: string): Promise<WorkerHistory> {
    const { items } = await this.since(moment);
    assert.deepEqual(
      items.map(item => item.id),
      [this.world.workerId(employeeNumber)],
    );
    return items[0];
  }

  /** A server that answers in the back end's place. */
  async pretending(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> {
    const { url, close } = await testServer(answer);
    this.#servers.push(close);
    return url;
  }

  async closeServers(): Promise<void> {
    await Promise.all(this.#servers.splice(0).map(close => close()));
  }
}

export const versionOn = ({ versions }: WorkerHistory, day: string): WorkerHistory['versions'][number] =>
  versions.findLast(({ from }) => from <= day) ?? versions[0];
