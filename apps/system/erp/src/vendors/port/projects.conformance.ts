import { describe, expect, it } from 'vitest';
import type { Effect } from '#canonical';
import { problemOf } from '#testing';
import {
  Bench,
  fresh,
  putCustomer,
  putProject,
  kindsOf,
  states,
  withoutRefs,
  sorted,
  plain,
  idsOf,
  timeAndMaterials,
  type ErpWorld,
} from './bench.fixture.js';

/** What every ERP must do with financial projects. */
export function projectsConformance(name: string, world: ErpWorld): void {
  describe(`financial projects in ${name}`, () => {
    const bench = new Bench(world);
    projectsAreMade(bench);
    projectsAreRead(bench);
  });
}

function projectsAreMade(bench: Bench): void {
  it.each([
    ['billed by milestones', {}],
    ['billed by time', timeAndMaterials],
  ])('%s is made, read back as it was asked for, and then left alone', async (_, over) => {
    const { customer, project } = fresh(over);
    await putCustomer(bench.vendor, customer);
    await putProject(bench.vendor, project);
    expect(withoutRefs(await bench.vendor.projects.get(project.id))).toEqual(plain(sorted(project)));
    expect(await putProject(bench.vendor, project)).toEqual([]);
  });

  it('has in the history what its effects said, byte for byte, one row each', async () => {
    const { customer, project } = fresh();
    await putCustomer(bench.vendor, customer);
    let effects: Effect[] = [];
    const rows = await bench.written(async () => {
      effects = await putProject(bench.vendor, project);
      effects.push(...(await putProject(bench.vendor, { ...project, title: 'Renamed', tasks: [{ ...project.tasks[0], estimatedMinutes: 50 }] })));
      effects.push(...(await putProject(bench.vendor, { ...project, status: 'archived' })));
    });
    expect(effects.map(({ operation }) => operation)).toEqual(expect.arrayContaining(['create', 'update', 'delete', 'archive']));
    expect(plain(rows)).toEqual(plain(states(effects)));
  });

  it('plans what it then does, and writes nothing while planning', async () => {
    const { customer, project } = fresh();
    await putCustomer(bench.vendor, customer);
    const rows = await bench.written(async () => {
      const first = await bench.vendor.projects.plan(project);
      expect((await bench.vendor.projects.plan(project)).effects).toEqual(first.effects);
    });
    expect(rows).toEqual([]);
    const { effects } = await bench.vendor.projects.plan(project);
    expect(plain(await putProject(bench.vendor, project))).toEqual(plain(effects));
  });

  it('is closed and brought back as the same one', async () => {
    const { customer, project } = fresh();
    await putCustomer(bench.vendor, customer);
    await putProject(bench.vendor, project);
    const [before] = (await bench.vendor.projects.get(project.id))!.refs;
    expect(kindsOf(await putProject(bench.vendor, { ...project, status: 'archived' }))).toEqual(['archive financial-project']);
    expect(await bench.vendor.projects.get(project.id)).toMatchObject({ status: 'archived' });
    expect(kindsOf(await putProject(bench.vendor, project))).toEqual(['reactivate financial-project']);
    expect((await bench.vendor.projects.get(project.id))!.refs[0]).toEqual(before);
    expect(await bench.world.count('project', project.id)).toBe(1);
  });

  it('is not made in order to be closed', async () => {
    const { project } = fresh({ status: 'archived' });
    expect(await putProject(bench.vendor, project)).toEqual([]);
    expect(await bench.vendor.projects.get(project.id)).toBeNull();
  });

  it('names the dimension that nobody knows, and writes nothing', async () => {
    const { customer, project } = fresh();
    await putCustomer(bench.vendor, customer);
    const rows = await bench.written(async () => {
      const problem = await problemOf(putProject(bench.vendor, { ...project, dimensions: { ...project.dimensions, costCentre: 'CC-000' } }));
      expect([problem.kind, problem.code, problem.fields[0].field]).toEqual(['unprocessable', 'unknown-reference', 'dimensions.costCentre']);
    });
    expect(rows).toEqual([]);
  });

  it('is refused for a customer that does not exist', async () => {
    const problem = await problemOf(putProject(bench.vendor, fresh(timeAndMaterials).project));
    expect([problem.kind, problem.retryable]).toEqual(['refused-by-vendor', false]);
  });
}

/** With the customers that they are for. */
function projectsAreRead(bench: Bench): void {
  it('answers null for a project that does not exist', async () => {
    const { customer, project } = fresh();
    expect([await bench.vendor.customers.get(customer.id), await bench.vendor.projects.get(project.id)]).toEqual([null, null]);
  });

  it('shows what changed since an instant, and everything', async () => {
    const { customer, project } = fresh();
    const since = new Date(Date.now() - 2_000).toISOString();
    await putCustomer(bench.vendor, customer);
    await putProject(bench.vendor, project);
    expect(await idsOf(bench.vendor.customers.changed(since))).toContain(customer.id);
    expect(await idsOf(bench.vendor.projects.changed(since))).toContain(project.id);
    expect(await idsOf(bench.vendor.projects.changed(new Date(Date.now() + 60_000).toISOString()))).toEqual([]);
    expect(await idsOf(bench.vendor.customers.all())).toContain(customer.id);
    expect(await idsOf(bench.vendor.projects.all())).toContain(project.id);
  });
}
