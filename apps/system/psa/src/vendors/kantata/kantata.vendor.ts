import type { DataSource } from 'typeorm';
import { hashOf, Problem, type Effect, type ExternalRef, type Project, type ProjectInPsa, type StaffingRequest } from '#canonical';
import { bearer, Connector, OnceWriter, type Finding, type Found, type FoundOfSet, type Means } from '#connector';
import type { Metrics } from '#service';
import { applied, projectChanges } from '../../projects/project-plan.rules.js';
import {
  projectOf,
  recordsOf,
  type MilestoneRecord,
  type ProjectHead,
  type ProjectRecords,
  type StaffingSeat,
  type TaskRecord,
} from '../../projects/project-records.js';
import { staffingChanges } from '../../staffing-requests/staffing-plan.rules.js';
import type { Outcome, Plan, PsaVendor, StaffingRequestInPsa } from '../psa-vendor.js';
import { checkKantata } from './kantata.check.js';
import { KantataClient, toProblem } from './kantata.client.js';
import type { KantataConfig } from './kantata.config.js';
import { KantataDirectory } from './kantata.directory.js';
import { KantataReader, type ProjectThere, type StaffingThere } from './kantata.reader.js';
import {
  holdable,
  milestoneBody,
  requestBody,
  requestRef,
  roleNameOf,
  seatBody,
  seatRef,
  taskBody,
  workspaceBody,
  workspaceRef,
  type KantataIds,
  type KantataNames,
  type Model,
} from './kantata.mapper.js';
import type { KantataRequest } from './kantata.wire.js';
import { Recent } from './recent.js';

type Change = Omit<Effect, 'system' | 'account'>;
type Story = FoundOfSet & { model: Model };
type OnceParts = ConstructorParameters<typeof OnceWriter>[3];

/** Kantata takes up to so many stories in one create. */
const STORIES_AT_ONCE = 300;
/** How often a plan is made anew when somebody else changed the record in between. */
const ROUNDS = 3;

export interface KantataConnection {
  config: KantataConfig;
  dataSource: DataSource;
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
  readonly means: Means;
  readonly names: KantataNames;
  readonly client: KantataClient;
  readonly directory: KantataDirectory;
  readonly once: OnceWriter;
  readonly #connector: Connector;
  readonly #reader: KantataReader;
  readonly #config: KantataConfig;
  /** Project -> workspace, as the writer decided; it decides no other while that one exists. */
  readonly #inUse = new Recent<string>();
  /** Seat -> when it was made, of those we made or read. */
  readonly #seatSince = new Recent<string>();

  constructor({ config, dataSource, metrics, parts }: KantataConnection) {
    const { account, baseUrl, token, concurrency, timeoutMs, settlingMs, leaseMs } = config;
    this.#config = config;
    this.account = account;
    this.means = { kind: 'look-up', settlingMs };
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
      toProblem,
    });
    this.client = new KantataClient(this.#connector);
    this.directory = new KantataDirectory(this.client, config.approverEmail);
    this.#reader = new KantataReader(this.client, this.directory, this.names, config.changeFeed, projectId => this.#workspaceInUse(projectId));
    this.once = new OnceWriter(dataSource, { system: 'kantata', account, means: this.means, leaseMs }, this.#kinds(), parts);
  }

  alone<T>(recordId: string, work: () => Promise<T>): Promise<T> {
    return this.once.alone(recordId, work);
  }

  // ---- projects ----

  async project(id: string): Promise<ProjectInPsa | null> {
    const there = await this.#reader.project(id);
    return there && this.#reader.inPsa(there, await this.client.hasTime(there.workspaceId));
  }

  async planProject(desired: Project): Promise<Plan<ProjectInPsa>> {
    const wanted = recordsOf(holdable(desired, this.names));
    return this.#projectPlan(wanted, await this.#reader.project(desired.id));
  }

  async #projectPlan(wanted: ProjectRecords, there: ProjectThere | null): Promise<Plan<ProjectInPsa>> {
    const effects = projectChanges(wanted, there && there.ours).map(change => this.#effect(change));
    const archives = effects.some(({ operation, noun }) => operation === 'archive' && noun === 'project');
    if (archives && (await this.client.hasTime(there!.workspaceId)))
      throw new Problem('conflict', `Time was booked on ${wanted.head.title}: it can't be undone`, { code: 'time-booked' });
    return { effects, apply: () => this.#applyProject(wanted, there, effects, ROUNDS) };
  }

  async #applyProject(wanted: ProjectRecords, there: ProjectThere | null, effects: Effect[], rounds: number): Promise<Outcome<ProjectInPsa>> {
    if (effects.length === 0) return this.#projectOutcome(there && there.workspaceId, there && there.all, there?.timeBooked ?? false, []);
    const workspace = await this.#workspaceFor(effects, there);
    const head = effects.find(({ noun }) => noun === 'project');
    const done: Effect[] = [];
    if (there?.workspaceId === workspace.id && head) await this.#updateWorkspace(workspace.id, head);
    if (head && (workspace.made || there?.workspaceId === workspace.id)) done.push(head);
    // Made by somebody else, or by an attempt of ours that we took for lost: what is in it is to be seen first.
    const asPlanned = workspace.made || there?.workspaceId === workspace.id;
    const complete = asPlanned && (await this.#applyStories(workspace.id, wanted, effects, done));
    if (complete) return this.#projectOutcome(workspace.id, applied(there && there.all, effects), there?.timeBooked ?? false, done);
    if (rounds === 0)
      throw new Problem('conflict', `${wanted.head.title} is changed by others in Kantata faster than it can be written`, {
        code: 'changed-meanwhile',
        retryable: true,
      });
    const now = await this.#reader.project(wanted.head.id, workspace.id);
    const next = projectChanges(wanted, now && now.ours).map(change => this.#effect(change));
    const rest = await this.#applyProject(wanted, now, next, rounds - 1);
    return { ...rest, effects: [...done, ...rest.effects] };
  }

  /** The one workspace of the project, made if there is none. */
  async #workspaceFor(effects: Effect[], there: ProjectThere | null): Promise<{ id: string; made: boolean }> {
    const makesBelow = effects.some(({ operation, noun }) => operation === 'create' && noun !== 'project');
    if (there && !there.ambiguous && !makesBelow) return { id: there.workspaceId, made: false };
    const id = projectIdOfEffects(effects);
    const head = effects.find(({ noun }) => noun === 'project')?.after as unknown as ProjectHead | undefined;
    const making = new Making();
    const found = await this.once.ensure('workspace', id, hashOf(head ?? null), async () => {
      if (!head) throw new Problem('conflict', `Project ${id} is gone from Kantata`, { code: 'changed-meanwhile', retryable: true });
      const body = await this.#body(ids => workspaceBody(head, this.names, ids));
      return making.by(this.client.createWorkspace(body));
    });
    this.#inUse.set(id, found.id);
    return making.outcome(found);
  }

  async #updateWorkspace(id: string, { operation, externalId, after }: Effect): Promise<void> {
    const head = after as unknown as ProjectHead;
    const archiving = operation === 'archive';
    const body = archiving ? {} : await this.#body(ids => workspaceBody(head, this.names, ids));
    const archived = archiving ? { archived: true } : operation === 'reactivate' ? { archived: false } : {};
    await this.#write(`project:${externalId}`, { ...body, ...archived }, sent => this.client.updateWorkspace(id, sent));
  }

  /** Puts those it has had into `done`; false when some of the new ones were there already, with what content must be seen. */
  async #applyStories(workspaceId: string, wanted: ProjectRecords, effects: Effect[], done: Effect[]): Promise<boolean> {
    const below = effects.filter(({ noun }) => noun !== 'project');
    const creates = below.filter(({ operation }) => operation === 'create').map(effect => ({ key: effect.externalId, effect }));
    const made: Effect[] = [];
    for (let from = 0; from < creates.length; from += STORIES_AT_ONCE) {
      await this.once.ensureAll<{ key: string; effect: Effect }, Story>(
        'story',
        workspaceId,
        creates.slice(from, from + STORIES_AT_ONCE),
        async missing => {
          const bodies = await this.#body(ids =>
            missing.map(({ effect }) => ({ workspace_id: Number(workspaceId), ...this.#storyBody(effect, wanted, ids) })),
          );
          const ids = await this.client.createStories(bodies);
          made.push(...missing.map(({ effect }) => effect));
          return ids.map((id, index) => ({ id, key: missing[index].key, model: missing[index].effect.noun as Model }));
        },
      );
    }
    done.push(...made);
    if (made.length < creates.length) return false;
    const stories = below.length > creates.length ? await this.#reader.storyIds(workspaceId) : new Map<string, string>();
    for (const effect of below.filter(({ operation }) => operation !== 'create')) {
      const id = stories.get(effect.externalId);
      if (id === undefined) return false;
      const archived = effect.operation === 'archive' ? { archived: true } : effect.operation === 'reactivate' ? { archived: false } : {};
      const body = effect.operation === 'archive' ? {} : await this.#body(ids => this.#storyBody(effect, wanted, ids));
      await this.#write(`${effect.noun}:${effect.externalId}`, { ...body, ...archived }, sent => this.client.updateStory(id, sent));
      done.push(effect);
    }
    return true;
  }

  #storyBody({ noun, after }: Effect, { head }: ProjectRecords, ids: KantataIds): Record<string, unknown> {
    if (noun === 'task') return taskBody(after as unknown as TaskRecord, this.names, ids);
    const { currency } = head;
    return milestoneBody(
      after as unknown as MilestoneRecord,
      { projectId: head.id, currency, currency_base_unit: this.#reader.baseUnitOf(currency) },
      this.names,
      ids,
    );
  }

  #projectOutcome(workspaceId: string | null, records: ProjectRecords | null, timeBooked: boolean, effects: Effect[]): Outcome<ProjectInPsa> {
    if (workspaceId === null || records === null) return { effects, refs: [], state: null };
    const refs = [workspaceRef(workspaceId, this.names)];
    this.#reader.know(records.head.id, workspaceId);
    return { effects, refs, state: { ...projectOf(records), timeBooked, refs } };
  }

  // ---- staffing requests ----

  async staffingRequest(id: string): Promise<StaffingRequestInPsa | null> {
    const there = await this.#reader.staffing(id);
    return there?.records.request ? { ...there.records.request, refs: this.#staffingRefs(there) } : null;
  }

  async planStaffingRequest(desired: StaffingRequest): Promise<Plan<StaffingRequestInPsa>> {
    const there = await this.#reader.staffing(desired.id);
    const effects = this.#staffingEffects(desired, there);
    return { effects, apply: () => this.#applyStaffing(desired, there, effects, ROUNDS) };
  }

  #staffingEffects(desired: StaffingRequest, there: StaffingThere | null): Effect[] {
    return staffingChanges(desired, there && there.records).map(change => this.#effect(change));
  }

  async #applyStaffing(
    desired: StaffingRequest,
    there: StaffingThere | null,
    effects: Effect[],
    rounds: number,
  ): Promise<Outcome<StaffingRequestInPsa>> {
    const done: Effect[] = [];
    let seatId = there?.seatId;
    let requestId = there?.requestId;
    if (there) this.#seatSince.set(there.seatId, there.seatSince);
    let asPlanned = true;
    for (const effect of effects) {
      if (!asPlanned) break;
      if (effect.noun === 'staffing-resource') {
        const seat = await this.#applySeat(effect, seatId);
        asPlanned = effect.operation === 'update' || seat.made;
        seatId = seat.id;
      } else if (effect.operation === 'archive') await this.#cancel(requestId!, effect);
      else {
        const raised = await this.#raise(effect, seatId!, requestId);
        asPlanned = raised.made;
        requestId = raised.id;
      }
      if (asPlanned) done.push(effect);
    }
    if (asPlanned) return this.#staffingOutcome({ seatId, requestId }, there, done);
    if (rounds === 0)
      throw new Problem('conflict', `Staffing request ${desired.id} is changed by others in Kantata faster than it can be written`, {
        code: 'changed-meanwhile',
        retryable: true,
      });
    const now = await this.#reader.staffing(desired.id);
    const rest = await this.#applyStaffing(desired, now, this.#staffingEffects(desired, now), rounds - 1);
    return { ...rest, effects: [...done, ...rest.effects] };
  }

  /** The seat goes on the project's one workspace, and on no other. */
  async #applySeat({ operation, externalId, after }: Effect, seatId: string | undefined): Promise<{ id: string; made: boolean }> {
    const seat = after as unknown as StaffingSeat;
    if (operation === 'update') {
      const body = await this.#body(ids => ({ role_id: Number(ids.role(roleNameOf(seat.role, this.names))) }));
      await this.#write(`seat:${externalId}`, body, sent => this.client.updateSeat(seatId!, sent));
      return { id: seatId!, made: false };
    }
    const workspaceId = this.#inUse.get(seat.projectId) ?? (await this.#workspaceInUse(seat.projectId));
    const making = new Making();
    const found = await this.once.ensure('seat', externalId, hashOf(seat), async () => {
      const body = await this.#body(ids => seatBody(seat, workspaceId, this.names, ids));
      return making.by(this.#createSeat(seat.projectId, body));
    });
    return making.outcome(found);
  }

  async #createSeat(projectId: string, body: Record<string, unknown>): Promise<string> {
    try {
      const { id, created_at } = await this.client.createSeat(body);
      this.#seatSince.set(id, created_at);
      return id;
    } catch (error) {
      this.#inUse.delete(projectId); // it may be gone; look again next time
      throw error;
    }
  }

  /** `previous` is the request that was answered before, if any: this one comes after it and is another. */
  async #raise({ after }: Effect, seatId: string, previous = '0'): Promise<{ id: string; made: boolean }> {
    const request = after as unknown as StaffingRequest;
    const making = new Making();
    const found = await this.once.ensure('request', `${seatId}/${previous}`, hashOf(request), async () => {
      const body = await this.#body(ids => requestBody(request, seatId, this.names, ids));
      return making.by(this.client.createRequest(body));
    });
    return making.outcome(found);
  }

  async #cancel(requestId: string, { externalId }: Effect): Promise<void> {
    await this.#write(`request:${externalId}`, { cancel: requestId }, () => this.client.cancelRequest(requestId));
  }

  /** The one workspace that bears the project's id. When several do, this decides, and retires the others. */
  async #workspaceInUse(projectId: string): Promise<string> {
    const { id } = await this.once.ensure<Found>('workspace', projectId, 'in-use', async () => {
      throw new Problem('conflict', `Kantata has no project ${projectId} to staff`, { code: 'project-missing' });
    });
    this.#inUse.set(projectId, id);
    return id;
  }

  #staffingOutcome(
    { seatId, requestId }: { seatId?: string; requestId?: string },
    there: StaffingThere | null,
    effects: Effect[],
  ): Outcome<StaffingRequestInPsa> {
    const refs = this.#staffingRefs({ seatId, requestId });
    const last = effects.findLast(({ noun }) => noun === 'staffing-request')?.after as StaffingRequest | undefined;
    const request = last ?? there?.records.request ?? null;
    return { effects, refs, state: request && { ...request, refs } };
  }

  #staffingRefs({ seatId, requestId }: { seatId?: string; requestId?: string }): ExternalRef[] {
    return [...(seatId ? [seatRef(seatId, this.names)] : []), ...(requestId ? [requestRef(requestId, this.names)] : [])];
  }

  // ---- what changed, and everything there is ----

  projectsChanged(since: string | null): AsyncIterable<{ items: ProjectInPsa[]; cursor: string }> {
    return this.#reader.projectsChanged(since);
  }

  staffingRequestsChanged(since: string | null): AsyncIterable<{ items: StaffingRequestInPsa[]; cursor: string }> {
    return this.#reader.staffingChanged(since);
  }

  allProjects(): AsyncIterable<{ items: ProjectInPsa[] }> {
    return this.#reader.allProjects();
  }

  async *allStaffingRequests(): AsyncIterable<{ items: StaffingRequestInPsa[] }> {
    for await (const { items } of this.#reader.staffingChanged(null)) yield { items };
  }

  watch(): { stop(): Promise<void> } {
    return this.once.watch();
  }

  check(): Promise<Finding[]> {
    return checkKantata(this.client, this.names, this.#config);
  }

  close(): Promise<void> {
    return this.#connector.close();
  }

  // ---- the means ----

  #kinds() {
    const { client } = this;
    return [
      {
        kind: 'workspace',
        find: async (key: string): Promise<Found[]> => (await client.workspacesOf(key)).map(({ id, archived }) => ({ id, archived })),
        retire: (found: Found) => client.retireWorkspace(found.id, (found as FoundOfSet).key),
      },
      {
        kind: 'story',
        findAll: (workspaceId: string): Promise<Story[]> => this.#reader.ourStories(workspaceId),
        retire: (found: Found) => client.retireStory(found.id, (found as Story).model, (found as Story).key),
      },
      {
        kind: 'seat',
        find: async (key: string): Promise<Found[]> => (await client.seatsOf(key)).map(({ id }) => ({ id })),
        retire: (found: Found) => client.retireSeat(found.id, (found as FoundOfSet).key),
      },
      {
        kind: 'request',
        find: async (key: string): Promise<Found[]> => {
          const [seatId, previous] = key.split('/');
          const requests = await this.#requestsOn(seatId);
          // Those that are answered, cancelled or rejected, are done with.
          const open = requests.filter(({ id, status }) => Number(id) > Number(previous) && (status === 'new' || status === 'approved'));
          return open.map(({ id }) => ({ id }));
        },
        retire: (found: Found) => client.cancelRequest(found.id),
      },
    ];
  }

  async #requestsOn(seatId: string): Promise<KantataRequest[]> {
    const since = this.#seatSince.get(seatId) ?? (await this.client.seats([seatId]))[0]?.created_at;
    if (since === undefined) return []; // the seat is gone, and its requests with it
    this.#seatSince.set(seatId, since);
    return this.client.requestsOf({ id: seatId, created_at: since });
  }

  /** A write that does no harm twice: sent under its key, never over a lost one of other content. */
  #write<B extends object>(key: string, body: B, send: (body: B) => Promise<void>): Promise<void> {
    return this.once.write(key, hashOf(body), () => send(body));
  }

  #body<B>(make: (ids: KantataIds) => B): Promise<B> {
    return this.directory.using(make);
  }

  #effect(change: Change): Effect {
    return { system: 'psa', account: this.account, ...change };
  }
}

/** Tells whether the record that came out of `ensure` is the one this call made. */
class Making {
  #id: string | undefined;

  async by(create: Promise<string>): Promise<Found> {
    this.#id = await create;
    return { id: this.#id };
  }

  outcome({ id }: Found): { id: string; made: boolean } {
    return { id, made: id === this.#id };
  }
}

function projectIdOfEffects(effects: Effect[]): string {
  const [{ noun, externalId, after }] = effects;
  return noun === 'project' ? externalId : String(after!.projectId);
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
    roles: pairs(config.roles),
  };
}
