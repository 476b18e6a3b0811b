import { describe, expect, it } from 'vitest';
import { canonicalJson, projectIdOf, type Problem, type Project } from '#canonical';
import { eventually, problemOf } from '#testing';
import { aDealId, belowOf, Bench, garbling, put, untilDone, type PsaWorld, type RawProject } from './bench.fixture.js';
import { processesFail } from './processes.conformance.js';

/**
 * A project and each part of it is made once, whatever is refused, lost, late, frozen or killed on
 * the way; by the vendor's own guarantee.
 */
export function onceConformance(name: string, world: PsaWorld, means: 'look-up' | 'unique-key'): void {
  describe(`each thing once in ${name}`, () => {
    const bench = new Bench(world);
    somethingGoesWrong(bench);
    if (means === 'look-up') lateIsLookedFor(bench);
    else lateIsRefused(bench);
    if (world.elsewhere) processesFail(bench);
    severalAtOnce(bench);
  });
}

function somethingGoesWrong(bench: Bench): void {
  describe('what can go wrong', () => {
    it('says that the credentials were refused', async () => {
      const problem = await problemOf(bench.connect({ wrongCredentials: true }).projects.get(bench.freshProject().id));
      expect(problem).toMatchObject({ kind: 'refused-by-vendor', retryable: false, code: 'credentials-refused' });
    });

    it.each([404, 409, 422])('takes %i for a refusal that asking again doesn’t cure, and makes nothing', async status => {
      const vendor = bench.connect();
      const project = bench.freshProject();
      await bench.fault(bench.world.writes.project, { do: 'error', status });
      const problem = await problemOf(put(vendor, project));
      expect([problem.retryable, problem.vendor?.code.startsWith(String(status))]).toEqual([false, true]);
      expect(await bench.world.raw(project.id)).toEqual([]);
    });

    it('waits as long as a 429 asks, on a read', async () => {
      const vendor = bench.connect();
      await bench.fault(bench.world.reads.project, { do: 'throttle', retryAfterSeconds: 1 });
      const from = performance.now();
      expect(await vendor.projects.get(bench.freshProject().id)).toBeNull();
      expect(performance.now() - from).toBeGreaterThan(990);
    });

    it('reads again after a 429 that asks nothing, and a 500', async () => {
      const vendor = bench.connect();
      await bench.fault(bench.world.reads.project, { do: 'throttle' });
      await bench.fault(bench.world.reads.project, { do: 'error', status: 500 });
      expect(await vendor.projects.get(bench.freshProject().id)).toBeNull();
    });

    it('doesn’t repeat a write that got a 429: it was not made, and may be asked for again at once', async () => {
      const vendor = bench.connect();
      const project = bench.freshProject();
      await bench.fault(bench.world.writes.project, { do: 'throttle', retryAfterSeconds: 0 });
      expect(await problemOf(put(vendor, project))).toMatchObject({ kind: 'rate-limited', code: 'not-made', retryable: true });
      expect((await put(vendor, project)).effects).toHaveLength(1 + belowOf(project).length);
      expect(await bench.world.raw(project.id)).toHaveLength(1);
    });

    it('takes a 500 on a write for unknown, and makes one', async () => {
      const vendor = bench.connect({ settlingMs: 200 });
      const project = bench.freshProject();
      await bench.fault(bench.world.writes.project, { do: 'error', status: 500 });
      expect(await problemOf(put(vendor, project))).toMatchObject({ kind: 'vendor-unavailable', code: 'outcome-unknown' });
      await untilDone(() => put(vendor, project));
      expect(await bench.world.raw(project.id)).toHaveLength(1);
    });

    it('takes no answer in time for unknown, and makes one', async () => {
      const vendor = bench.connect({ settlingMs: 400, timeoutMs: 300 });
      const project = bench.freshProject();
      await bench.fault(bench.world.writes.project, { do: 'timeout', ms: 800 });
      expect(await problemOf(put(vendor, project))).toMatchObject({ kind: 'vendor-unavailable', code: 'outcome-unknown', retryable: true });
      await untilDone(() => put(vendor, project));
      expect(await bench.world.raw(project.id)).toHaveLength(1);
    });

    it('takes an answer it can’t read for none: on a read it fails, on a write the outcome is unknown', async () => {
      const proxy = await garbling(bench.world.baseUrl);
      const vendor = bench.connect({ baseUrl: proxy.url, settlingMs: 200 });
      const project = bench.freshProject();
      proxy.garbles(() => true);
      expect(await problemOf(vendor.projects.get(project.id))).toMatchObject({ kind: 'vendor-unavailable', code: 'malformed-answer' });
      proxy.garbles(request => request.method === 'POST');
      expect(await problemOf(put(vendor, project))).toMatchObject({ kind: 'vendor-unavailable', code: 'outcome-unknown' });
      proxy.garbles(() => false);
      await untilDone(() => put(vendor, project));
      expect(await bench.world.raw(project.id)).toHaveLength(1);
      await proxy.close();
    });

    it('makes one project, and each part of it once, when every answer to a create was lost after the write', async () => {
      const vendor = bench.connect({ settlingMs: 300 });
      const project = bench.freshProject();
      await bench.fault(bench.world.writes.project, { do: 'lose-answer' });
      await bench.fault(bench.world.writes.below, { do: 'lose-answer' });
      expect(await problemOf(put(vendor, project))).toMatchObject({ kind: 'vendor-unavailable', code: 'outcome-unknown' });
      await untilDone(() => put(vendor, project));
      const [only, ...more] = await bench.world.raw(project.id);
      expect(more).toEqual([]);
      expect(only.below.sort()).toEqual(belowOf(project));
    });

    it('brings what it found of a lost attempt up to what is asked for now', async () => {
      const vendor = bench.connect({ settlingMs: 200 });
      const project = bench.freshProject();
      await bench.fault(bench.world.writes.project, { do: 'lose-answer' });
      await problemOf(put(vendor, project));
      await untilDone(() => put(vendor, { ...project, title: 'As sold in the end' }));
      expect((await vendor.projects.get(project.id))?.title).toBe('As sold in the end');
      expect(await bench.world.raw(project.id)).toHaveLength(1);
    });
  });
}

/** The vendor minds no second record: it is waited for, looked for and retired. */
function lateIsLookedFor(bench: Bench): void {
  describe('a first create that commits late', () => {
    it('is waited for while it may still come, and is then the one', async () => {
      const vendor = bench.connect({ settlingMs: 1_500 });
      const project = bench.freshProject();
      await bench.fault(bench.world.writes.project, { do: 'late-commit', ms: 700 });
      await problemOf(put(vendor, project));
      expect(await problemOf(put(bench.connect({ settlingMs: 1_500 }), project)).catch(() => null)).toSatisfy(
        (problem: Problem | null) => problem === null || problem.retryable,
      );
      await untilDone(() => put(vendor, project));
      expect(await bench.world.raw(project.id)).toHaveLength(1);
      expect(await bench.world.duplicates!(project.id)).toEqual([]);
    });

    /** The first create commits after the retry's look-up and before the retry's own create. */
    async function overtaken(withoutSecondLook: boolean): Promise<{ project: Project; live: RawProject[] }> {
      const vendor = bench.connect({ settlingMs: 0, withoutSecondLook });
      const project = bench.freshProject();
      await bench.fault(bench.world.writes.project, { do: 'late-commit', ms: 1_500 });
      await bench.fault(bench.world.writes.project, { do: 'latency', ms: 2_500 }, 2);
      await problemOf(put(vendor, project));
      await untilDone(() => put(vendor, project));
      return { project, live: await bench.live(project.id) };
    }

    it('is seen by the second look: one is kept, the other retired and recorded, with nothing below it', async () => {
      const { project, live: kept } = await overtaken(false);
      expect(kept).toHaveLength(1);
      const [duplicate] = await bench.world.duplicates!(project.id);
      expect(duplicate.kept).toBe(kept[0].id);
      const retired = (await bench.world.raw(project.id)).find(({ id }) => id === duplicate.retired)!;
      expect(retired).toMatchObject({ archived: true, ours: false, below: [] });
      expect(kept[0].below).toHaveLength(belowOf(project).length);
    });

    it('without the second look stays beside the other: the control that this suite would tell', async () => {
      expect((await overtaken(true)).live).toHaveLength(2);
    });

    it('is found by the watch when it comes after the retry was done', async () => {
      const vendor = bench.connect({ settlingMs: 1_500 });
      const watch = vendor.watch!();
      const project = bench.freshProject();
      await bench.fault(bench.world.writes.project, { do: 'late-commit', ms: 2_400 });
      await problemOf(put(vendor, project));
      const outcome = await untilDone(() => put(vendor, project));
      await eventually(async () => (await bench.world.duplicates!(project.id)).length === 1 && (await bench.live(project.id)).length === 1);
      await watch.stop();
      const [kept] = await bench.live(project.id);
      expect([kept.id, kept.below.length]).toEqual([outcome.refs[0].nativeId, belowOf(project).length]);
      expect((await bench.world.raw(project.id)).filter(({ ours }) => !ours).map(({ below }) => below)).toEqual([[]]);
    });

    it('10 s after the retry’s look-up is found when the feed tells of it, and by the sweep if it doesn’t', { timeout: 60_000 }, async () => {
      const vendor = bench.connect({ settlingMs: 500 });
      const project = bench.freshProject();
      const since = new Date(Date.now() - 1_000).toISOString();
      await bench.fault(bench.world.writes.project, { do: 'late-commit', ms: 10_600 });
      await problemOf(put(vendor, project));
      const outcome = await untilDone(() => put(vendor, project));
      await eventually(async () => (await bench.live(project.id)).length === 2, { withinMs: 15_000 });
      for await (const { items } of vendor.projects.changed(since)) expect(items.filter(({ id }) => id === project.id).length).toBeLessThan(2);
      const [kept, ...more] = await bench.live(project.id);
      expect([kept.id, kept.below.length, more]).toEqual([outcome.refs[0].nativeId, belowOf(project).length, []]);
      expect(await bench.world.duplicates!(project.id)).toHaveLength(1);
    });

    it('long after everything is found by a sweep', async () => {
      const vendor = bench.connect({ settlingMs: 100 });
      const project = bench.freshProject();
      await bench.fault(bench.world.writes.project, { do: 'late-commit', ms: 3_500 });
      await problemOf(put(vendor, project));
      const outcome = await untilDone(() => put(vendor, project));
      await eventually(async () => (await bench.live(project.id)).length === 2);
      const swept = [];
      for await (const { items } of bench.connect().projects.all()) swept.push(...items.filter(({ id }) => id === project.id));
      expect(swept.map(({ refs }) => refs[0].nativeId)).toEqual([outcome.refs[0].nativeId]);
      expect((await bench.live(project.id)).map(({ id }) => id)).toEqual([outcome.refs[0].nativeId]);
    });

    it('leaves each task once when it was the tasks’ create', async () => {
      const vendor = bench.connect({ settlingMs: 1_200 });
      const watch = vendor.watch!();
      const project = bench.freshProject();
      await bench.fault(bench.world.writes.below, { do: 'late-commit', ms: 1_900 });
      await problemOf(put(vendor, project));
      await untilDone(() => put(vendor, project));
      const wanted = belowOf(project);
      const belowIt = async () => (await bench.live(project.id))[0].below.sort();
      // Its second batch came or is still to come; at quiet there is each once.
      await eventually(async () => (await bench.world.control.faults()).every(({ delivered }) => delivered === 1));
      await eventually(
        async () =>
          (await bench.world.written(0)).filter(row => row.noun === 'task' && (row.after as { projectId: string }).projectId === project.id).length >=
          6,
        { withinMs: 5_000 },
      );
      await eventually(async () => canonicalJson(await belowIt()) === canonicalJson(wanted));
      await watch.stop();
    });
  });
}

/** The vendor refuses a second record of a key: nothing is waited for, and nothing retired. */
function lateIsRefused(bench: Bench): void {
  describe('a first create that commits late', () => {
    it.each([
      ['the project', () => bench.world.writes.project],
      ['what is below it', () => bench.world.writes.below],
    ])('%s is there once, at once', async (_, match) => {
      const vendor = bench.connect({ settlingMs: 60_000 });
      const project = bench.freshProject();
      const before = await bench.unanswered(match());
      await bench.fault(match(), { do: 'late-commit', ms: 700 });
      expect(await problemOf(put(vendor, project))).toMatchObject({ code: 'outcome-unknown' });
      await put(vendor, project);
      await eventually(async () => (await bench.unanswered(match())) > before);
      const raw = await bench.world.raw(project.id);
      expect(raw.map(({ below }) => below.sort())).toEqual([belowOf(project)]);
    });
  });
}

function severalAtOnce(bench: Bench): void {
  it('never lets an update that commits late go over a newer one', async () => {
    const vendor = bench.connect({ settlingMs: 1_200 });
    const project = bench.freshProject();
    await put(vendor, project);
    await bench.fault(bench.world.writes.update, { do: 'late-commit', ms: 800 });
    expect(await problemOf(put(vendor, { ...project, title: 'First' }))).toMatchObject({ code: 'outcome-unknown' });
    await untilDone(() => put(vendor, { ...project, title: 'Second' }));
    expect((await bench.world.control.faults()).map(({ delivered }) => delivered)).toEqual([1]);
    const titles = (await bench.world.written(0))
      .filter(row => row.noun === 'project')
      .map(row => row.after as Project)
      .filter(({ id }) => id === project.id)
      .map(({ title }) => title);
    expect(titles).toEqual([project.title, 'First', 'Second']);
  });

  it('two at once make one project', async () => {
    const project = bench.freshProject({ id: projectIdOf(aDealId()) });
    const [a, b] = [bench.connect(), bench.connect()];
    await Promise.all([untilDone(() => put(a, project)), untilDone(() => put(b, project))]);
    const raw = await bench.world.raw(project.id);
    expect(raw.map(({ below }) => below.length)).toEqual([belowOf(project).length]);
  });
}
