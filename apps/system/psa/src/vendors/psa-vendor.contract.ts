import type { IncomingMessage, ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { canonicalJson, hashOf, mintId, money, Problem, projectIdOf, type Effect, type Project, type StaffingRequest } from '#canonical';
import type { Outcome } from '#capture';
import { aProject, aStaffingRequest, eventually, problemOf, type SandboxControl, testServer } from '#testing';
import { psaLinesContract, type LineWorld } from './psa-lines.contract.js';
import type { PsaVendor } from './psa-vendor.js';

type FaultMatch = Parameters<SandboxControl['planFault']>[0]['match'];

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
  /** Whether it still bears our id. */
  ours: boolean;
  /** Tasks, milestones and seats below it, archived ones left out, by our id. */
  below: string[];
}

/** What a vendor's spec gives, so that the contract can be held against it. */
export interface PsaWorld {
  control: SandboxControl;
  sandbox: FaultMatch['vendor'];
  baseUrl: string;
  connect(o?: ConnectOptions): PsaVendor;
  /** The writes that make these, as the sandbox sees them. */
  writes: Record<'project' | 'update' | 'below' | 'seat' | 'request', FaultMatch>;
  reads: Record<'project', FaultMatch>;
  /** Everything that bears or bore the project's id. */
  raw(projectId: string): Promise<RawProject[]>;
  bookTime(projectId: string): Promise<void>;
  /** Renames it as people do, in the back end's own screens. */
  rename(projectId: string, title: string): Promise<void>;
  /** Ledger rows as the canonical records they hold, in order: what plans are compared with. */
  written(after: number): Promise<{ seq: number; noun: string; after: unknown }[]>;
  /** Duplicates that were recorded: of the project, or of a seat or request on it; which was kept, which retired. */
  duplicates(projectId: string, of?: 'seat' | 'request'): Promise<{ kept: string; retired: string }[]>;
  lines: LineWorld;
  /** Runs `put(project)` in a process of its own that can be frozen, when told to go; `ended` tells `done` or the problem's kind. */
  elsewhere(project: Project, o: ConnectOptions): Promise<{ pid: number; go(): void; ended: Promise<string> }>;
  open(): Promise<void>;
  close(): Promise<void>;
}

let deals = 0;
const aDealId = () => mintId('deal', 'contract', String(process.pid), String(deals++));
const freshProject = (over: Partial<Project> = {}): Project => aProject({ dealId: aDealId(), ...over });

/** As the app puts it. */
export function put(vendor: PsaVendor, project: Project): Promise<Outcome<unknown>> {
  return vendor.alone(`project:${project.id}`, hashOf(project), async () => (await vendor.planProject(project)).apply());
}

export function putStaffing(vendor: PsaVendor, request: StaffingRequest): Promise<Outcome<unknown>> {
  return vendor.alone(`staffing-request:${request.id}`, hashOf(request), async () => (await vendor.planStaffingRequest(request)).apply());
}

/** Asks again while it is told to, as a flow does. */
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

/** What every PSA must do. */
export function psaVendorContract(name: string, world: PsaWorld): void {
  psaLinesContract(name, world);
  describe(`the PSA contract: ${name}`, () => {
    const open: PsaVendor[] = [];
    const connect = (o: ConnectOptions = {}): PsaVendor => {
      const vendor = world.connect(o);
      open.push(vendor);
      return vendor;
    };
    const one = { nth: 1 } as const;
    const fault = (match: FaultMatch, action: Parameters<SandboxControl['planFault']>[0]['action'], nth: number | number[] = 1) =>
      world.control.planFault({ match, action, nth });
    const live = async (id: string) => (await world.raw(id)).filter(({ archived, ours }) => ours && !archived);
    const head = async () => (await world.written(0)).at(-1)?.seq ?? 0;

    beforeAll(() => world.open());
    afterAll(() => world.close());
    afterEach(async () => {
      await world.control.clearFaults();
      await Promise.all(open.splice(0).map(vendor => vendor.close()));
    });

    /** Plans, applies, and holds what the back end wrote down against the plan, byte for byte. */
    async function appliesAsPlanned(plan: { effects: Effect[]; apply(): Promise<Outcome<unknown>> }): Promise<Effect[]> {
      const from = await head();
      const outcome = await plan.apply();
      expect(canonicalJson(outcome.effects)).toBe(canonicalJson(plan.effects));
      const written = await world.written(from);
      expect(written.map(row => canonicalJson([row.noun, row.after]))).toEqual(
        plan.effects.map(effect => canonicalJson([effect.noun, effect.after])),
      );
      return plan.effects;
    }
    const kindsOf = (effects: Effect[]) => effects.map(({ operation, noun }) => `${operation} ${noun}`);

    describe('projects', () => {
      it('makes a project with its tasks and milestones, in the effects that were planned, and reads it back as asked', async () => {
        const vendor = connect();
        const project = freshProject({ extensions: { purchaseOrder: 'PO-1001' } });
        const effects = await appliesAsPlanned(await vendor.planProject(project));
        expect(kindsOf(effects)).toEqual(['create project', 'create task', 'create task', 'create milestone', 'create milestone']);
        expect(effects.map(({ money: sum }) => sum?.amount ?? null)).toEqual(['32000.00', null, null, '12000.00', '20000.00']);
        const { refs, timeBooked, ...there } = (await vendor.project(project.id))!;
        expect(canonicalJson(there)).toBe(canonicalJson(project));
        expect([timeBooked, refs.length]).toEqual([false, 1]);
      });

      it('has nothing to do when all is so already', async () => {
        const vendor = connect();
        const project = freshProject();
        await put(vendor, project);
        const from = await head();
        expect((await put(vendor, project)).effects).toEqual([]);
        expect(await world.written(from)).toEqual([]);
      });

      it('changes only what differs: the project, a task, a new one, one that goes', async () => {
        const vendor = connect();
        const project = freshProject();
        await put(vendor, project);
        const [first] = project.tasks;
        const changed = {
          ...project,
          budget: money('35000.50', 'GBP'),
          tasks: [
            { ...first, estimatedMinutes: 7_200 },
            { ...first, id: mintId('task', project.id, 'new'), title: 'Reviewer' },
          ],
        };
        const effects = await appliesAsPlanned(await vendor.planProject(changed));
        expect(kindsOf(effects)).toEqual(['update project', 'create task', 'update task', 'archive task']);
        expect(canonicalJson({ ...(await vendor.project(project.id)), refs: 0, timeBooked: 0 })).toBe(
          canonicalJson({ ...changed, refs: 0, timeBooked: 0 }),
        );
      });

      it('archives as the undo, and brings the same one back', async () => {
        const vendor = connect();
        const project = freshProject();
        const [ref] = (await put(vendor, project)).refs;
        expect(kindsOf(await appliesAsPlanned(await vendor.planProject({ ...project, status: 'archived' })))).toEqual(['archive project']);
        expect((await vendor.project(project.id))?.status).toBe('archived');
        expect((await vendor.planProject({ ...project, status: 'archived' })).effects).toEqual([]);
        expect(kindsOf(await appliesAsPlanned(await vendor.planProject(project)))).toEqual(['reactivate project']);
        const back = (await vendor.project(project.id))!;
        expect([back.status, back.refs[0].nativeId, back.tasks.length]).toEqual(['active', ref.nativeId, 2]);
        expect(await world.raw(project.id)).toHaveLength(1);
      });

      it('has nothing to undo where nothing was made', async () => {
        expect((await connect().planProject(freshProject({ status: 'archived' }))).effects).toEqual([]);
      });

      it('says that time was booked, and then refuses to undo', async () => {
        const vendor = connect();
        const project = freshProject();
        await put(vendor, project);
        await world.bookTime(project.id);
        expect((await vendor.project(project.id))?.timeBooked).toBe(true);
        expect(await problemOf(vendor.planProject({ ...project, status: 'archived' }))).toMatchObject({
          kind: 'conflict',
          code: 'time-booked',
          retryable: false,
        });
      });

      it('answers null for a project there is none of', async () => {
        expect(await connect().project(freshProject().id)).toBeNull();
      });

      it('tells people’s own changes on the feed, with the whole project', async () => {
        const vendor = connect();
        const project = freshProject();
        await put(vendor, project);
        const since = new Date(Date.now() - 1_000).toISOString();
        await world.rename(project.id, 'Renamed by delivery');
        const seen: string[] = [];
        for await (const { items } of vendor.projectsChanged(since))
          seen.push(...items.filter(({ id }) => id === project.id).map(({ title, tasks }) => `${title} ${tasks.length}`));
        expect(seen).toEqual(['Renamed by delivery 2']);
      });
    });

    describe('staffing requests', () => {
      it('raises a request on a seat of the project, reads it back, cancels it and raises it again on the same seat', async () => {
        const vendor = connect();
        const project = freshProject();
        await put(vendor, project);
        const request = aStaffingRequest({ projectId: project.id, skills: ['Security', 'Integration Design'] });
        const effects = await appliesAsPlanned(await vendor.planStaffingRequest(request));
        expect(kindsOf(effects)).toEqual(['create staffing-resource', 'create staffing-request']);
        const { refs, ...there } = (await vendor.staffingRequest(request.id))!;
        expect(canonicalJson(there)).toBe(canonicalJson(request));
        expect((await vendor.planStaffingRequest(request)).effects).toEqual([]);
        expect(kindsOf(await appliesAsPlanned(await vendor.planStaffingRequest({ ...request, status: 'cancelled' })))).toEqual([
          'archive staffing-request',
        ]);
        expect(kindsOf(await appliesAsPlanned(await vendor.planStaffingRequest(request)))).toEqual(['reactivate staffing-request']);
        expect((await vendor.staffingRequest(request.id))!.refs[0]).toEqual(refs[0]);
      });

      it('raises a request anew when what is asked for changed, since who approves it must see that', async () => {
        const vendor = connect();
        const project = freshProject();
        await put(vendor, project);
        const request = aStaffingRequest({ projectId: project.id });
        await putStaffing(vendor, request);
        const later = { ...request, role: 'DEVELOPER', endDate: '2027-05-31', minutes: 9_000 };
        expect(kindsOf(await appliesAsPlanned(await vendor.planStaffingRequest(later)))).toEqual([
          'archive staffing-request',
          'update staffing-resource',
          'reactivate staffing-request',
        ]);
        expect(canonicalJson({ ...(await vendor.staffingRequest(request.id)), refs: 0 })).toBe(canonicalJson({ ...later, refs: 0 }));
      });

      it('plans for a project that is still to be made, and refuses to apply before it is', async () => {
        const vendor = connect();
        const request = aStaffingRequest({ projectId: freshProject().id });
        const plan = await vendor.planStaffingRequest(request);
        expect(kindsOf(plan.effects)).toEqual(['create staffing-resource', 'create staffing-request']);
        expect(await problemOf(plan.apply())).toMatchObject({ kind: 'conflict', code: 'project-missing' });
      });

      it('makes one seat and one request when the answers to both were lost', async () => {
        const vendor = connect({ settlingMs: 300 });
        const project = freshProject();
        await put(vendor, project);
        await fault(world.writes.seat, { do: 'lose-answer' });
        await fault(world.writes.request, { do: 'lose-answer' });
        const request = aStaffingRequest({ projectId: project.id });
        expect((await problemOf(putStaffing(vendor, request))).kind).toBe('vendor-unavailable');
        await untilDone(() => putStaffing(vendor, request));
        expect((await live(project.id))[0].below.filter(id => id === request.id)).toHaveLength(1);
        const all = [];
        for await (const { items } of vendor.allStaffingRequests()) all.push(...items.filter(({ id }) => id === request.id));
        expect(all).toHaveLength(1);
      });
    });

    it.each(['seat', 'request'] as const)('keeps one when the first create of a staffing %s commits after the retry was done', async which => {
      const vendor = connect({ settlingMs: 1_200 });
      const watch = vendor.watch();
      const project = freshProject();
      await put(vendor, project);
      const request = aStaffingRequest({ projectId: project.id });
      await fault(world.writes[which], { do: 'late-commit', ms: 1_900 });
      await problemOf(putStaffing(vendor, request));
      const { refs } = await untilDone(() => putStaffing(vendor, request));
      await eventually(async () => (await world.duplicates(project.id, which)).length === 1);
      const there = await vendor.staffingRequest(request.id);
      expect([there?.status, there?.refs.map(({ nativeId }) => nativeId)]).toEqual(['requested', refs.map(({ nativeId }) => nativeId)]);
      expect((await live(project.id))[0].below.filter(id => id === request.id)).toHaveLength(1);
      await watch.stop();
    });

    describe('what can go wrong', () => {
      it('says that the credentials were refused', async () => {
        const problem = await problemOf(connect({ wrongCredentials: true }).project(freshProject().id));
        expect(problem).toMatchObject({ kind: 'refused-by-vendor', retryable: false, code: 'credentials-refused' });
      });

      it.each([404, 409, 422])('takes %i for a refusal that asking again doesn’t cure, and makes nothing', async status => {
        const vendor = connect();
        const project = freshProject();
        await fault(world.writes.project, { do: 'error', status });
        const problem = await problemOf(put(vendor, project));
        expect([problem.retryable, problem.vendor?.code.startsWith(String(status))]).toEqual([false, true]);
        expect(await world.raw(project.id)).toEqual([]);
      });

      it('waits as long as a 429 asks, on a read', async () => {
        const vendor = connect();
        await fault(world.reads.project, { do: 'throttle', retryAfterSeconds: 1 });
        const from = performance.now();
        expect(await vendor.project(freshProject().id)).toBeNull();
        expect(performance.now() - from).toBeGreaterThan(990);
      });

      it('reads again after a 429 that asks nothing, and a 500', async () => {
        const vendor = connect();
        await fault(world.reads.project, { do: 'throttle' });
        await fault(world.reads.project, { do: 'error', status: 500 });
        expect(await vendor.project(freshProject().id)).toBeNull();
      });

      it('doesn’t repeat a write that got a 429: it was not made, and may be asked for again at once', async () => {
        const vendor = connect();
        const project = freshProject();
        await fault(world.writes.project, { do: 'throttle', retryAfterSeconds: 0 });
        expect(await problemOf(put(vendor, project))).toMatchObject({ kind: 'rate-limited', code: 'not-made', retryable: true });
        expect((await put(vendor, project)).effects).toHaveLength(5);
        expect(await world.raw(project.id)).toHaveLength(1);
      });

      it('takes a 500 on a write for unknown, and makes one', async () => {
        const vendor = connect({ settlingMs: 200 });
        const project = freshProject();
        await fault(world.writes.project, { do: 'error', status: 500 });
        expect(await problemOf(put(vendor, project))).toMatchObject({ kind: 'vendor-unavailable', code: 'outcome-unknown' });
        await untilDone(() => put(vendor, project));
        expect(await world.raw(project.id)).toHaveLength(1);
      });

      it('takes no answer in time for unknown, and makes one', async () => {
        const vendor = connect({ settlingMs: 400, timeoutMs: 300 });
        const project = freshProject();
        await fault(world.writes.project, { do: 'timeout', ms: 800 });
        expect(await problemOf(put(vendor, project))).toMatchObject({ kind: 'vendor-unavailable', code: 'outcome-unknown', retryable: true });
        await untilDone(() => put(vendor, project));
        expect(await world.raw(project.id)).toHaveLength(1);
      });

      it('takes an answer it can’t read for none: on a read it fails, on a write the outcome is unknown', async () => {
        const proxy = await garbling(world.baseUrl);
        const vendor = connect({ baseUrl: proxy.url, settlingMs: 200 });
        const project = freshProject();
        proxy.garbles(() => true);
        expect(await problemOf(vendor.project(project.id))).toMatchObject({ kind: 'vendor-unavailable', code: 'malformed-answer' });
        proxy.garbles(request => request.method === 'POST');
        expect(await problemOf(put(vendor, project))).toMatchObject({ kind: 'vendor-unavailable', code: 'outcome-unknown' });
        proxy.garbles(() => false);
        await untilDone(() => put(vendor, project));
        expect(await world.raw(project.id)).toHaveLength(1);
        await proxy.close();
      });

      it('makes one project, and each part of it once, when every answer to a create was lost after the write', async () => {
        const vendor = connect({ settlingMs: 300 });
        const project = freshProject();
        await fault(world.writes.project, { do: 'lose-answer' });
        await fault(world.writes.below, { do: 'lose-answer' });
        expect(await problemOf(put(vendor, project))).toMatchObject({ kind: 'vendor-unavailable', code: 'outcome-unknown' });
        await untilDone(() => put(vendor, project));
        const [only, ...more] = await world.raw(project.id);
        expect(more).toEqual([]);
        expect(only.below.sort()).toEqual([...project.tasks, ...project.milestones].map(({ id }) => id).sort());
      });

      it('brings what it found of a lost attempt up to what is asked for now', async () => {
        const vendor = connect({ settlingMs: 200 });
        const project = freshProject();
        await fault(world.writes.project, { do: 'lose-answer' });
        await problemOf(put(vendor, project));
        await untilDone(() => put(vendor, { ...project, title: 'As sold in the end' }));
        expect((await vendor.project(project.id))?.title).toBe('As sold in the end');
        expect(await world.raw(project.id)).toHaveLength(1);
      });
    });

    describe('a first create that commits late', () => {
      it('is waited for while it may still come, and is then the one', async () => {
        const vendor = connect({ settlingMs: 1_500 });
        const project = freshProject();
        await fault(world.writes.project, { do: 'late-commit', ms: 700 });
        await problemOf(put(vendor, project));
        expect(await problemOf(put(connect({ settlingMs: 1_500 }), project)).catch(() => null)).toSatisfy(
          (problem: Problem | null) => problem === null || problem.retryable,
        );
        await untilDone(() => put(vendor, project));
        expect(await world.raw(project.id)).toHaveLength(1);
        expect(await world.duplicates(project.id)).toEqual([]);
      });

      /** The first create commits after the retry's look-up and before the retry's own create does. */
      async function overtaken(withoutSecondLook: boolean): Promise<{ project: Project; live: RawProject[] }> {
        const vendor = connect({ settlingMs: 0, withoutSecondLook });
        const project = freshProject();
        await fault(world.writes.project, { do: 'late-commit', ms: 1_500 });
        await fault(world.writes.project, { do: 'latency', ms: 2_500 }, 2);
        await problemOf(put(vendor, project));
        await untilDone(() => put(vendor, project));
        return { project, live: await live(project.id) };
      }

      it('is seen by the second look: one is kept, the other retired and recorded, with nothing below it', async () => {
        const { project, live: kept } = await overtaken(false);
        expect(kept).toHaveLength(1);
        const [duplicate] = await world.duplicates(project.id);
        expect(duplicate.kept).toBe(kept[0].id);
        const retired = (await world.raw(project.id)).find(({ id }) => id === duplicate.retired)!;
        expect(retired).toMatchObject({ archived: true, ours: false, below: [] });
        expect(kept[0].below).toHaveLength(4);
      });

      it('without the second look stays beside the other: the control that this suite would tell', async () => {
        expect((await overtaken(true)).live).toHaveLength(2);
      });

      it('is found by the watch when it comes after the retry was done', async () => {
        const vendor = connect({ settlingMs: 1_500 });
        const watch = vendor.watch();
        const project = freshProject();
        await fault(world.writes.project, { do: 'late-commit', ms: 2_400 });
        await problemOf(put(vendor, project));
        const outcome = await untilDone(() => put(vendor, project));
        await eventually(async () => (await world.duplicates(project.id)).length === 1 && (await live(project.id)).length === 1);
        await watch.stop();
        const [kept] = await live(project.id);
        expect([kept.id, kept.below.length]).toEqual([outcome.refs[0].nativeId, 4]);
        expect((await world.raw(project.id)).filter(({ ours }) => !ours).map(({ below }) => below)).toEqual([[]]);
      });

      it('10 s after the retry’s look-up is found when the feed tells of it, and by the sweep if it doesn’t', { timeout: 60_000 }, async () => {
        const vendor = connect({ settlingMs: 500 });
        const project = freshProject();
        const since = new Date(Date.now() - 1_000).toISOString();
        await fault(world.writes.project, { do: 'late-commit', ms: 10_600 });
        await problemOf(put(vendor, project));
        const outcome = await untilDone(() => put(vendor, project));
        await eventually(async () => (await live(project.id)).length === 2, { withinMs: 15_000 });
        for await (const { items } of vendor.projectsChanged(since)) expect(items.filter(({ id }) => id === project.id).length).toBeLessThan(2);
        const [kept, ...more] = await live(project.id);
        expect([kept.id, kept.below.length, more]).toEqual([outcome.refs[0].nativeId, 4, []]);
        expect(await world.duplicates(project.id)).toHaveLength(1);
      });

      it('long after everything is found by a sweep', async () => {
        const vendor = connect({ settlingMs: 100 });
        const project = freshProject();
        await fault(world.writes.project, { do: 'late-commit', ms: 3_500 });
        await problemOf(put(vendor, project));
        const outcome = await untilDone(() => put(vendor, project));
        await eventually(async () => (await live(project.id)).length === 2);
        const swept = [];
        for await (const { items } of connect().allProjects()) swept.push(...items.filter(({ id }) => id === project.id));
        expect(swept.map(({ refs }) => refs[0].nativeId)).toEqual([outcome.refs[0].nativeId]);
        expect((await live(project.id)).map(({ id }) => id)).toEqual([outcome.refs[0].nativeId]);
      });

      it('leaves each task once when it was the tasks’ create', async () => {
        const vendor = connect({ settlingMs: 1_200 });
        const watch = vendor.watch();
        const project = freshProject();
        await fault(world.writes.below, { do: 'late-commit', ms: 1_900 });
        await problemOf(put(vendor, project));
        await untilDone(() => put(vendor, project));
        const wanted = [...project.tasks, ...project.milestones].map(({ id }) => id).sort();
        const belowIt = async () => (await live(project.id))[0].below.sort();
        // Its second batch came or is still to come; at quiet there is each once.
        await eventually(async () => (await world.control.faults()).every(({ delivered }) => delivered === 1));
        await eventually(
          async () =>
            (await world.written(0)).filter(row => row.noun === 'task' && (row.after as { projectId: string }).projectId === project.id).length >= 6,
          { withinMs: 5_000 },
        );
        await eventually(async () => canonicalJson(await belowIt()) === canonicalJson(wanted));
        await watch.stop();
      });
    });

    describe('a process that is frozen in mid-create and thaws', () => {
      it.each([
        ['after its create left', () => world.writes.project],
        ['after its look-up left', () => world.reads.project],
        ['after the create of what is below left', () => world.writes.below],
      ])('%s: at quiet there is one project, and each part of it once', { timeout: 60_000 }, async (_, match) => {
        const project = freshProject();
        const timing = { settlingMs: 300, leaseMs: 1_000 };
        const frozen = await world.elsewhere(project, timing);
        await world.control.planFault({ match: match(), action: { do: 'freeze', pid: frozen.pid, ms: 2_500 }, ...one });
        frozen.go();
        await eventually(async () => (await world.control.faults()).some(({ delivered }) => delivered === 1));
        const vendor = connect(timing);
        const watch = vendor.watch();
        await untilDone(() => put(vendor, project));
        expect(await frozen.ended).toMatch(/^(done|vendor-unavailable)/);
        await untilDone(() => put(vendor, project));
        const wanted = [...project.tasks, ...project.milestones].map(({ id }) => id).sort();
        await eventually(async () => {
          const raw = await world.raw(project.id);
          const kept = raw.filter(({ archived, ours }) => ours && !archived);
          return (
            kept.length === 1 &&
            canonicalJson(kept[0].below.sort()) === canonicalJson(wanted) &&
            raw.every(one => one === kept[0] || one.below.length === 0)
          );
        });
        await watch.stop();
      });
    });

    describe('a process that is killed', () => {
      it.each([
        ['before the project was made', 'before', () => world.writes.project, 0],
        ['after the project was made', 'after', () => world.writes.project, 1],
        ['before what is below was made', 'before', () => world.writes.below, 1],
        ['after what is below was made', 'after', () => world.writes.below, 1],
      ] as const)('%s: another ends it, and nothing is there twice', { timeout: 60_000 }, async (_, when, match, already) => {
        const project = freshProject();
        const timing = { settlingMs: 300, leaseMs: 1_000 };
        const killed = await world.elsewhere(project, timing);
        await world.control.planFault({ match: match(), action: { do: 'kill', pid: killed.pid, when }, nth: 1 });
        killed.go();
        expect(await killed.ended).toMatch(/^exit/);
        expect(await world.raw(project.id)).toHaveLength(already);
        await untilDone(() => put(connect(timing), project));
        expect((await world.raw(project.id)).map(({ below }) => below.length)).toEqual([4]);
        expect(await world.duplicates(project.id)).toEqual([]);
      });
    });

    it('never lets an update that commits late go over a newer one', async () => {
      const vendor = connect({ settlingMs: 1_200 });
      const project = freshProject();
      await put(vendor, project);
      await fault(world.writes.update, { do: 'late-commit', ms: 800 });
      expect(await problemOf(put(vendor, { ...project, title: 'First' }))).toMatchObject({ code: 'outcome-unknown' });
      await untilDone(() => put(vendor, { ...project, title: 'Second' }));
      expect((await world.control.faults()).map(({ delivered }) => delivered)).toEqual([1]);
      const titles = (await world.written(0))
        .filter(row => row.noun === 'project')
        .map(row => row.after as Project)
        .filter(({ id }) => id === project.id)
        .map(({ title }) => title);
      expect(titles).toEqual([project.title, 'First', 'Second']);
    });

    it('two at once make one project', async () => {
      const project = freshProject({ id: projectIdOf(aDealId()) });
      const [a, b] = [connect(), connect()];
      await Promise.all([untilDone(() => put(a, project)), untilDone(() => put(b, project))]);
      const raw = await world.raw(project.id);
      expect(raw.map(({ below }) => below.length)).toEqual([4]);
    });

    it('finds all that it needs when everything is there', async () => {
      const findings = await connect().check();
      expect(findings.filter(({ ok }) => !ok)).toEqual([]);
      expect(findings.length).toBeGreaterThan(5);
    });

    it('says that it can’t log in, and stops there', async () => {
      expect(await connect({ wrongCredentials: true }).check()).toMatchObject([{ ok: false }]);
    });
  });
}

/** Passes on to the sandbox, and answers nonsense where told to, after the sandbox has done its part. */
async function garbling(
  target: string,
): Promise<{ url: string; garbles(which: (request: IncomingMessage) => boolean): void; close(): Promise<void> }> {
  let which: (request: IncomingMessage) => boolean = () => false;
  const pass = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await buffer(request);
    const { authorization = '', 'content-type': type = 'application/json' } = request.headers;
    const answer = await fetch(target + request.url, {
      method: request.method,
      headers: { authorization, 'content-type': type },
      ...(body.length > 0 ? { body } : {}),
    });
    const text = await answer.text();
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(which(request) ? '<html>gateway</html>' : text);
  };
  const { url, close } = await testServer((request, response) => void pass(request, response));
  return { url, garbles: next => (which = next), close };
}
