import { describe, expect, it } from 'vitest';
import { Deal } from '#canonical';
import { all, faultsIn, lastCursor, LATER_MS, nativeId, until, type Bench } from './bench.fixture.js';

/** What every CRM must do with deals. */
export function dealsConformance(bench: Bench): void {
  describe('deals', () => {
    dealsAreRead(bench);
    dealsChange(bench);
    if (bench.can('milestones')) milestonesChange(bench);
    else milestonesAreNone(bench);
  });
}

function dealsAreRead(bench: Bench): void {
  it('are canonical', async () => {
    const deals = await all(bench.vendor.deals.all());
    expect(deals.length).toBeGreaterThan(0);
    expect(deals.flatMap(deal => faultsIn(Deal, deal))).toEqual([]);
  });

  it('are the same however they are read', async () => {
    const { deals } = bench.vendor;
    const [deal] = await all(deals.all());
    expect(await deals.get(nativeId(deal))).toEqual(deal);
    expect((await all(deals.changed(null))).find(({ id }) => id === deal.id)).toEqual(deal);
  });

  it('are named by the CRM’s own system and account', async () => {
    const { deals, system, account } = bench.vendor;
    const [deal] = await all(deals.all());
    expect(deal.refs[0]).toMatchObject({ system, account });
  });

  it('are null where there is none', async () => {
    const id = await bench.world.people.newDeal('Gone tomorrow');
    expect(await bench.vendor.deals.get(id)).not.toBeNull();
    await bench.world.people.deleteDeal(id);
    expect(await bench.vendor.deals.get(id)).toBeNull();
  });
}

function dealsChange(bench: Bench): void {
  it.each([
    ['is won', 'win', 'won'],
    ['is reopened', 'reopen', 'open'],
    ['is lost', 'lose', 'lost'],
  ] as const)('are told when one %s', async (_, act, stage) => {
    const { people } = bench.world;
    const dealId = await people.anyOpenDeal();
    if (act !== 'win') await people.win(dealId);
    const changed = await bench.changedAfter(id => people[act](id), dealId);
    expect(changed.find(deal => nativeId(deal) === dealId)).toMatchObject({ stage });
    if (stage !== 'open') await people.reopen(dealId);
  });

  it('are told when a line changed, with the new amount', async () => {
    const dealId = await bench.world.people.anyOpenDeal();
    const before = (await bench.vendor.deals.get(dealId))!;
    const changed = await bench.changedAfter(id => bench.world.people.changeLine(id), dealId);
    const after = changed.find(deal => nativeId(deal) === dealId)!;
    expect(after.roles).not.toEqual(before.roles);
    expect(after.amount).not.toEqual(before.amount);
    expect(after.roles.map(role => role.id)).toEqual(before.roles.map(role => role.id));
  });

  it('move the cursor on though nothing changed, and never back', async () => {
    const { deals } = bench.vendor;
    const first = await lastCursor(deals.changed(null));
    await until(new Date(Date.now() + LATER_MS).toISOString());
    const second = await lastCursor(deals.changed(first));
    expect(second > first).toBe(true);
    const ahead = new Date(Date.parse(second) + 3_600_000).toISOString();
    expect(await lastCursor(deals.changed(ahead))).toBe(ahead);
  });
}

function milestonesChange(bench: Bench): void {
  it('are told when milestones changed', async () => {
    const dealId = await bench.world.people.anyOpenDeal();
    const before = (await bench.vendor.deals.get(dealId))!;
    const changed = await bench.changedAfter(id => bench.world.people.changeMilestones!(id), dealId);
    expect(changed.find(deal => nativeId(deal) === dealId)!.milestones).not.toEqual(before.milestones);
  });
}

/** A deal shows none rather than some that nobody keeps. */
function milestonesAreNone(bench: Bench): void {
  bench.unsupported('milestones');

  it('have no milestones', async () => {
    expect((await all(bench.vendor.deals.all())).flatMap(({ milestones }) => milestones)).toEqual([]);
  });
}
