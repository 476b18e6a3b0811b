import assert from 'node:assert/strict';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll } from 'vitest';
import type { PsaAbility } from '#apis/psa';
import { canonicalJson, hashOf, mintId, Problem, type Effect, type Project, type StaffingRequest } from '#canonical';
import type { Outcome } from '#capture';
import { answersUnsupported as answersUnsupportedOf, aProject, eventually, type FaultMatch, type SandboxControl, testServer } from '#testing';
import type { LineWorld } from './line-world.fixture.js';
import type { TimeOrder } from './put-elsewhere.fixture.js';
import { LACKING } from './psa-abilities.js';
import type { PsaVendor } from './psa.port.js';

/** The parts of the sandboxes' control that the suites use. */
export type FaultControl = Pick<SandboxControl, 'planFault' | 'clearFaults' | 'faults' | 'calls'>;
type FaultAction = Parameters<SandboxControl['planFault']>[0]['action'];

/** How a test wants the vendor connected; the rest is as configured for a sandbox. */
export interface ConnectOptions {
  /** Another address than the sandbox's: a proxy in between. */
  baseUrl?: string;
  wrongCredentials?: boolean;
  settlingMs?: number;
  leaseMs?: number;
  timeoutMs?: number;
  /** Leaves the second look out: the negative control. */
  withoutSecondLook?: boolean;
}

/** A project as the back end itself holds it, asked without our adapter. */
export interface RawProject {
  id: string;
  archived: boolean;
  /** Whether it still has our id. */
  ours: boolean;
  /** Tasks, milestones and seats below it, archived ones left out, by our id. */
  below: string[];
}

/** What a vendor's spec provides for the conformance suites. */
export interface PsaWorld {
  /** Its optional abilities. */
  abilities: readonly PsaAbility[];
  control: FaultControl;
  baseUrl: string;
  connect(o?: ConnectOptions): PsaVendor;
  /** The writes that make these, as the sandbox sees them. */
  writes: Record<'project' | 'update' | 'below', FaultMatch> & Partial<Record<'seat' | 'request', FaultMatch>>;
  reads: Record<'project', FaultMatch>;
  /** Everything that bears or bore the project's id. */
  raw(projectId: string): Promise<RawProject[]>;
  bookTime(projectId: string): Promise<void>;
  /** Renames it as people do, in the back end's own screens. */
  rename(projectId: string, title: string): Promise<void>;
  /** Ledger rows as canonical records, in order; plans are compared with them. */
  written(after: number): Promise<{ seq: number; noun: string; after: unknown }[]>;
  /**
   * Recorded duplicates of the project, or of a seat or request on it: which one was kept, which
   * were retired. For a vendor with look-up.
   */
  duplicates?(projectId: string, of?: 'seat' | 'request'): Promise<{ kept: string; retired: string }[]>;
  lines: LineWorld;
  /**
   * Puts a project or a line of time in a separate process that can be frozen, on a signal; `ended`
   * returns `done` or the problem's kind.
   */
  elsewhere?(put: Project | TimeOrder, o: ConnectOptions): Promise<{ pid: number; go(): void; ended: Promise<string> }>;
  open(): Promise<void>;
  close(): Promise<void>;
}

let deals = 0;
export const aDealId = () => mintId('deal', 'conformance', String(process.pid), String(deals++));

/** As the app writes it. */
export function put(vendor: PsaVendor, project: Project): Promise<Outcome<unknown>> {
  return vendor.exclusively(`project:${project.id}`, hashOf(project), async () => (await vendor.projects.plan(project)).apply());
}

export function putStaffing(vendor: PsaVendor, request: StaffingRequest): Promise<Outcome<unknown>> {
  return vendor.exclusively(`staffing-request:${request.id}`, hashOf(request), async () => (await vendor.staffing!.plan(request)).apply());
}

/** Retries while the problem says so, as a flow does. */
export const untilDone = <T>(work: () => Promise<T>, withinMs = 20_000): Promise<T> =>
  eventually(
    async () => {
      try {
        return { done: await work() };
      } catch (error) {
        if (error instanceof Problem && error.retryable) return undefined;
        throw error;
      }
    },
    { withinMs, everyMs: 50 },
  ).then(({ done }) => done);

/**
 * Shared by the suites of a capability: closes vendors, clears faults, and reads what was written.
 */
export class Bench {
  readonly #open: PsaVendor[] = [];

  /**
   * Create it within the `describe` of a suite: opens the world before its tests and closes it
   * after them.
   */
  constructor(readonly world: PsaWorld) {
    beforeAll(() => world.open());
    afterAll(() => world.close());
    afterEach(async () => {
      await world.control.clearFaults();
      await Promise.all(this.#open.splice(0).map(vendor => vendor.close()));
    });
  }

  can(...abilities: PsaAbility[]): boolean {
    return abilities.every(ability => this.world.abilities.includes(ability));
  }

  connect(o: ConnectOptions = {}): PsaVendor {
    const vendor = this.world.connect(o);
    this.#open.push(vendor);
    return vendor;
  }

  fault(match: FaultMatch, action: FaultAction, nth: number | number[] = 1): Promise<unknown> {
    return this.world.control.planFault({ match, action, nth });
  }

  /** How many requests to the vendor lost their answer so far, each counted once it was handled. */
  async unanswered({ vendor }: FaultMatch): Promise<number> {
    const calls = Object.entries((await this.world.control.calls())[vendor]);
    return calls.reduce((sum, [name, n]) => (name.endsWith(' 0') ? sum + n : sum), 0);
  }

  /** A project with a deal of its own, as far as the PSA can keep it. */
  freshProject(over: Partial<Project> = {}): Project {
    return aProject({ dealId: aDealId(), ...(this.can('milestones') ? {} : { milestones: [] }), ...over });
  }

  async live(id: string): Promise<RawProject[]> {
    return (await this.world.raw(id)).filter(({ archived, ours }) => ours && !archived);
  }

  async head(): Promise<number> {
    return (await this.world.written(0)).at(-1)?.seq ?? 0;
  }

  /** Plans, applies, and compares the back end's own history with the plan, byte for byte. */
  async appliesAsPlanned(plan: { effects: Effect[]; apply(): Promise<Outcome<unknown>> }): Promise<Effect[]> {
    const from = await this.head();
    const outcome = await plan.apply();
    assert.equal(canonicalJson(outcome.effects), canonicalJson(plan.effects));
    const written = await this.world.written(from);
    assert.deepEqual(
      written.map(row => canonicalJson([row.noun, row.after])),
      plan.effects.map(effect => canonicalJson([effect.noun, effect.after])),
    );
    return plan.effects;
  }
}

export const kindsOf = (effects: Effect[]): string[] => effects.map(({ operation, noun }) => `${operation} ${noun}`);

/** Ids of the records below a project, in order. */
export const belowOf = ({ tasks, milestones }: Project): string[] => [...tasks, ...milestones].map(({ id }) => id).sort();

/**
 * For an ability that the PSA lacks: the app answers 501 where it is needed, and the vendor has no
 * part for it.
 */
export function answersUnsupported(bench: Bench, ability: PsaAbility, part: (vendor: PsaVendor) => unknown = () => undefined): void {
  answersUnsupportedOf('psa', LACKING, ability, () => bench.connect(), part);
}

/** Headers that a proxy sets itself. */
const HOP_BY_HOP = new Set(['host', 'connection', 'content-length', 'transfer-encoding', 'keep-alive', 'accept-encoding']);

/**
 * A proxy to the sandbox that replaces answers by nonsense on request, after the sandbox has done
 * its part.
 */
export async function garbling(
  target: string,
): Promise<{ url: string; garbles(which: (request: IncomingMessage) => boolean): void; close(): Promise<void> }> {
  let which: (request: IncomingMessage) => boolean = () => false;
  const pass = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await buffer(request);
    const headers = Object.entries(request.headers).flatMap(([name, value]) =>
      typeof value === 'string' && !HOP_BY_HOP.has(name) ? [[name, value] as [string, string]] : [],
    );
    const answer = await fetch(target + request.url, {
      method: request.method,
      headers,
      ...(body.length > 0 ? { body } : {}),
    });
    const text = await answer.text();
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(which(request) ? '<html>gateway</html>' : text);
  };
  const { url, close } = await testServer((request, response) => void pass(request, response));
  return { url, garbles: next => (which = next), close };
}
