import { describe, expect, it } from 'vitest';
import { canonicalJson, mintId, money } from '#canonical';
import { problemOf } from '#testing';
import { answersUnsupported, Bench, kindsOf, put, type PsaWorld } from './bench.fixture.js';

/** What every PSA must do with projects. */
export function projectsConformance(name: string, world: PsaWorld): void {
  describe(`projects in ${name}`, () => {
    const bench = new Bench(world);
    projectsAreMade(bench);
    if (bench.can('archive')) projectsAreUndone(bench);
    else answersUnsupported(bench, 'archive');
    if (!bench.can('milestones')) answersUnsupported(bench, 'milestones');

    it('has the abilities that its spec states', () => {
      expect(bench.connect().abilities.toSorted()).toEqual(world.abilities.toSorted());
    });

    it('finds all that it needs when everything is there', async () => {
      const findings = await bench.connect().check();
      expect(findings.filter(({ ok }) => !ok)).toEqual([]);
      expect(findings.length).toBeGreaterThan(world.abilities.length > 0 ? 5 : 2);
    });

    it('says that it can’t log in, and stops there', async () => {
      expect(await bench.connect({ wrongCredentials: true }).check()).toMatchObject([{ ok: false }]);
    });
  });
}

function projectsAreMade(bench: Bench): void {
  it('makes a project with what is below it, in the effects that were planned, and reads it back as asked', async () => {
    const vendor = bench.connect();
    const project = bench.freshProject({ extensions: { purchaseOrder: 'PO-1001' } });
    const effects = await bench.appliesAsPlanned(await vendor.projects.plan(project));
    const milestones = project.milestones.map(({ amount }) => amount.amount);
    expect(kindsOf(effects)).toEqual(['create project', 'create task', 'create task', ...milestones.map(() => 'create milestone')]);
    expect(effects.map(({ money: sum }) => sum?.amount ?? null)).toEqual(['32000.00', null, null, ...milestones]);
    const { refs, timeBooked, ...there } = (await vendor.projects.get(project.id))!;
    expect(canonicalJson(there)).toBe(canonicalJson(project));
    expect([timeBooked, refs.length]).toEqual([false, 1]);
  });

  it('has nothing to do when all is so already', async () => {
    const vendor = bench.connect();
    const project = bench.freshProject();
    await put(vendor, project);
    const from = await bench.head();
    expect((await put(vendor, project)).effects).toEqual([]);
    expect(await bench.world.written(from)).toEqual([]);
  });

  it('changes only what differs: the project, a task, a new one, one that goes', async () => {
    const vendor = bench.connect();
    const project = bench.freshProject();
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
    const effects = await bench.appliesAsPlanned(await vendor.projects.plan(changed));
    expect(kindsOf(effects)).toEqual(['update project', 'create task', 'update task', 'archive task']);
    expect(canonicalJson({ ...(await vendor.projects.get(project.id)), refs: 0, timeBooked: 0 })).toBe(
      canonicalJson({ ...changed, refs: 0, timeBooked: 0 }),
    );
  });

  it('answers null for a project there is none of', async () => {
    expect(await bench.connect().projects.get(bench.freshProject().id)).toBeNull();
  });

  it('shows people’s own changes on the feed, with the whole project', async () => {
    const vendor = bench.connect();
    const project = bench.freshProject();
    await put(vendor, project);
    const since = new Date(Date.now() - 1_000).toISOString();
    await bench.world.rename(project.id, 'Renamed by delivery');
    const seen: string[] = [];
    for await (const { items } of vendor.projects.changed(since))
      seen.push(...items.filter(({ id }) => id === project.id).map(({ title, tasks }) => `${title} ${tasks.length}`));
    expect(seen).toEqual(['Renamed by delivery 2']);
  });
}

function projectsAreUndone(bench: Bench): void {
  it('archives as the undo, and brings the same one back', async () => {
    const vendor = bench.connect();
    const project = bench.freshProject();
    const [ref] = (await put(vendor, project)).refs;
    expect(kindsOf(await bench.appliesAsPlanned(await vendor.projects.plan({ ...project, status: 'archived' })))).toEqual(['archive project']);
    expect((await vendor.projects.get(project.id))?.status).toBe('archived');
    expect((await vendor.projects.plan({ ...project, status: 'archived' })).effects).toEqual([]);
    expect(kindsOf(await bench.appliesAsPlanned(await vendor.projects.plan(project)))).toEqual(['reactivate project']);
    const back = (await vendor.projects.get(project.id))!;
    expect([back.status, back.refs[0].nativeId, back.tasks.length]).toEqual(['active', ref.nativeId, 2]);
    expect(await bench.world.raw(project.id)).toHaveLength(1);
  });

  it('has nothing to undo where nothing was made', async () => {
    expect((await bench.connect().projects.plan(bench.freshProject({ status: 'archived' }))).effects).toEqual([]);
  });

  it('says that time was booked, and then refuses to undo', async () => {
    const vendor = bench.connect();
    const project = bench.freshProject();
    await put(vendor, project);
    await bench.world.bookTime(project.id);
    expect((await vendor.projects.get(project.id))?.timeBooked).toBe(true);
    expect(await problemOf(vendor.projects.plan({ ...project, status: 'archived' }))).toMatchObject({
      kind: 'conflict',
      code: 'time-booked',
      retryable: false,
    });
  });
}
