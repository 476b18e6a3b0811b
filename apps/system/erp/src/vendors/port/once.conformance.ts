import { describe, expect, it } from 'vitest';
import type { BillingCustomer } from '#canonical';
import { eventually, problemOf } from '#testing';
import { Bench, fresh, putCustomer, putProject, kindsOf, withoutRefs, sorted, plain, timeAndMaterials, type ErpWorld } from './bench.fixture.js';

/** The lease of processes that are frozen. */
const LEASE_MS = 1_000;

/**
 * A record is made once and has the content that was requested last, whatever is lost, late or
 * frozen on the way. For an ERP that upserts by our id.
 */
export function onceConformance(name: string, world: ErpWorld): void {
  describe(`each record once in ${name}`, () => {
    const bench = new Bench(world);
    answersAreLost(bench);
    processesMeet(bench);
  });
}

function answersAreLost(bench: Bench): void {
  it('goes on where it broke off between a customer and the legal entity that bills it too', async () => {
    const { customer } = fresh();
    await putCustomer(bench.vendor, customer);
    const wanted = { ...customer, name: 'Renamed', legalEntity: 'LF-DE' };
    await bench.world.fail('write', 'customer-entity', { do: 'maintenance' });
    expect((await problemOf(putCustomer(bench.vendor, wanted))).kind).toBe('vendor-unavailable');
    await bench.world.forgetFailures();
    await bench.world.fail('write', 'customer-entity', { do: 'lose-answer' });
    expect((await problemOf(putCustomer(bench.vendor, wanted))).code).toBe('outcome-unknown');
    expect(await putCustomer(bench.vendor, wanted)).toEqual([]);
    expect(await bench.vendor.customers.get(customer.id)).toMatchObject({ name: 'Renamed', legalEntity: 'LF-UK' });
  });

  it('makes nothing twice when the answer is lost after the write', async () => {
    const { customer, project } = fresh();
    await bench.world.fail('write', 'customer', { do: 'lose-answer' });
    expect((await problemOf(putCustomer(bench.vendor, customer))).code).toBe('outcome-unknown');
    expect(await putCustomer(bench.vendor, customer)).toEqual([]);
    for (const record of ['project', 'schedule', 'task'] as const) {
      await bench.world.fail('write', record, { do: 'lose-answer' });
      expect((await problemOf(putProject(bench.vendor, project))).code).toBe('outcome-unknown');
      await bench.world.forgetFailures();
    }
    await putProject(bench.vendor, project);
    expect(withoutRefs(await bench.vendor.projects.get(project.id))).toEqual(plain(sorted(project)));
    expect([
      await bench.world.count('customer', customer.id),
      await bench.world.count('project', project.id),
      await bench.world.count('schedule', `${project.id}-bs`),
    ]).toEqual([1, 1, 1]);
  });

  it('makes nothing twice when the first create commits ten seconds after the retry’s look-up', async () => {
    const { customer, project } = fresh(timeAndMaterials);
    await putCustomer(bench.vendor, customer);
    await bench.world.fail('write', 'project', { do: 'late-commit', ms: 10_000 });
    expect((await problemOf(putProject(bench.vendor, project))).code).toBe('outcome-unknown');
    expect(kindsOf(await putProject(bench.vendor, project))).toContain('create financial-project');
    const commits = async () =>
      (await bench.world.committed()).filter(({ noun, externalId }) => noun === 'financial-project' && externalId === project.id).length;
    expect(await commits()).toBe(1);
    await eventually(async () => (await commits()) === 2, { withinMs: 15_000 });
    expect(await bench.world.count('project', project.id)).toBe(1);
    expect(withoutRefs(await bench.vendor.projects.get(project.id))).toEqual(plain(sorted(project)));
  });

  it('never lets a late write of older content overwrite a newer one', async () => {
    const settling = bench.world.connect({ settlingMs: 4_000 });
    const { customer } = fresh();
    await putCustomer(settling, customer);
    await bench.world.fail('write', 'customer', { do: 'late-commit', ms: 1_000 });
    expect((await problemOf(putCustomer(settling, { ...customer, name: 'Older' }))).code).toBe('outcome-unknown');
    const newer = { ...customer, name: 'Newer' };
    const early = await problemOf(putCustomer(settling, newer));
    expect([early.kind, early.code]).toEqual(['vendor-unavailable', 'unsettled']);
    expect(early.retryAfterMs).toBeGreaterThan(0);
    await eventually(() => putCustomer(settling, newer), { withinMs: 20_000 });
    expect(
      (await bench.world.committed()).filter(({ externalId }) => externalId === customer.id).map(({ after }) => (after as BillingCustomer).name),
    ).toEqual([customer.name, 'Older', 'Newer']);
    expect(await settling.customers.get(customer.id)).toMatchObject({ name: 'Newer' });
  });
}

function processesMeet(bench: Bench): void {
  it('lets a process that was frozen between its look and its write write nothing once another has been there', async () => {
    const { customer } = fresh();
    await putCustomer(bench.vendor, customer);
    const child = await bench.world.ensures({ ...customer, name: 'Older' }, { leaseMs: LEASE_MS, settlingMs: 500 });
    await bench.world.fail('read', 'customer', { do: 'freeze', pid: child.pid, ms: LEASE_MS + 5_000 });
    child.start();
    await bench.world.delivered();
    await eventually(() => putCustomer(bench.world.connect({ settlingMs: 500 }), { ...customer, name: 'Newer' }), { withinMs: 20_000 });
    expect(await child.ended).toBe('lease-lost');
    expect(await bench.vendor.customers.get(customer.id)).toMatchObject({ name: 'Newer' });
    expect((await bench.world.committed()).filter(({ externalId }) => externalId === customer.id)).toHaveLength(2);
  });

  it('makes one record when a process is frozen in mid-create and thaws after another made it', async () => {
    const { customer } = fresh();
    const child = await bench.world.ensures(customer, { leaseMs: LEASE_MS, settlingMs: 500 });
    await bench.world.fail('write', 'customer', { do: 'freeze', pid: child.pid, ms: LEASE_MS + 5_000 });
    child.start();
    await bench.world.delivered();
    expect(await eventually(() => putCustomer(bench.world.connect({ settlingMs: 500 }), customer), { withinMs: 10_000 })).toEqual([]);
    expect(await child.ended).toMatch(/^(lease-lost|written|outcome-unknown)$/);
    expect(await bench.world.count('customer', customer.id)).toBe(1);
  });

  it('lets one of two processes that want different things go first, and the other after it', async () => {
    const { customer } = fresh();
    const [one, two] = [bench.world.connect(), bench.world.connect()];
    const wishes = [
      { ...customer, name: 'One' },
      { ...customer, name: 'Two' },
    ];
    await Promise.all([putCustomer(one, wishes[0]), putCustomer(two, wishes[1])]);
    const history = (await bench.world.committed()).filter(({ externalId }) => externalId === customer.id);
    expect(history.map(({ before }) => before === null)).toEqual([true, false]);
    expect(await bench.world.count('customer', customer.id)).toBe(1);
  });
}
