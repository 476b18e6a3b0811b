import { describe, expect, it } from 'vitest';
import { changesAreShown, employmentChanges } from './changes.conformance.js';
import { versionOn, type Bench } from './bench.fixture.js';

/** What every HCM must do with workers. */
export function workersConformance(bench: Bench): void {
  describe('reading everybody', () => {
    everybodyIsShown(bench);
  });
  describe('reading changes', () => {
    changesAreShown(bench);
    employmentChanges(bench);
  });
}

function everybodyIsShown(bench: Bench): void {
  it('shows each worker once, with who they are, what they do, and where they belong', async () => {
    const histories = await bench.everybody();
    expect(histories.map(history => history.id).sort()).toEqual(
      bench.world
        .employees()
        .map(one => bench.world.workerId(one.employeeNumber))
        .sort(),
    );
    for (const one of bench.world.employees()) {
      const history = histories.find(({ id }) => id === bench.world.workerId(one.employeeNumber))!;
      const { name, role, legalEntity, skills } = versionOn(history, '9999-12-31');
      expect({ name, role, legalEntity, skills }).toEqual({
        name: one.name,
        role: one.role,
        legalEntity: one.legalEntity,
        skills: [...one.skills].sort(),
      });
      expect(history.refs.length).toBeGreaterThan(0);
    }
  });

  it('is what the first reading of changes shows, with a cursor to go on from', async () => {
    const all = await bench.everybody();
    const { items, cursor } = await bench.since(null);
    expect(items).toEqual(all);
    expect(Date.parse(cursor)).toBeGreaterThan(0);
  });

  it('begins again from a page of a first reading that was not finished', async () => {
    const vendor = bench.connect();
    let cursor = '';
    for await (const page of vendor.workers.changed(null)) {
      cursor = page.cursor;
      break;
    }
    const again = await bench.since(cursor);
    // A firm that fits into one page has been read to its end; nobody has changed since.
    expect([0, bench.world.employees().length]).toContain(again.items.length);
    if (Number.isNaN(Date.parse(cursor))) expect(again.items.length).toBe(bench.world.employees().length);
  });
}
