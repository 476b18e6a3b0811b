import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Problem, type Deal } from '#canonical';
import {
  because,
  codes,
  erpCustomer,
  erpProject,
  psaProject,
  running,
  soldDeal,
  testInitiation,
  type TestInitiation,
} from '../../project-initiation.fixture.js';

let initiation: TestInitiation;
beforeAll(async () => {
  initiation = await testInitiation();
});
afterAll(() => initiation?.close());
beforeEach(() => {
  initiation.around.meanwhile = () => undefined;
  initiation.around.timeBooked = false;
});

/** The vendor refuses every write to this path: planning does not foresee it. */
const refusing = (path: string): void => {
  initiation.around.meanwhile = (_, write) => {
    if (write === `PUT ${path}`) throw new Problem('refused-by-vendor', 'The vendor answers 400.');
  };
};
const statusOf = (path: string): string => initiation.around.held.get(path)?.status ?? 'absent';
/** Staffing requests of this deal's project. */
const requestsOf = (deal: Deal): [string, string][] =>
  [...initiation.around.held.entries()].flatMap(([path, { projectId, status }]) =>
    path.startsWith('psa/staffing-requests/') && psaProject(deal).endsWith(projectId) ? [[path, status] as [string, string]] : [],
  );
const statusesOf = (deal: Deal) => [
  statusOf(psaProject(deal)),
  statusOf(erpProject(deal)),
  [...new Set(requestsOf(deal).map(([, status]) => status))],
];
const writesOf = (deal: Deal): string[] => {
  const mine = new Set([psaProject(deal), erpProject(deal), ...requestsOf(deal).map(([path]) => path)].map(path => `PUT ${path}`));
  return initiation.around.writes.filter(write => mine.has(write)).sort();
};
let modified = Date.parse('2026-11-03T09:00:00Z');
const moved = (deal: Deal): Deal => ({ ...deal, modifiedAt: new Date((modified += 1_000)).toISOString() });
const leave = async (deal: Deal, stage: 'open' | 'lost' = 'open'): Promise<void> => {
  const left = moved({ ...deal, stage });
  initiation.around.deals.set(deal.id, left);
  await initiation.publish(stage === 'open' ? 'deal.reopened.v1' : 'deal.lost.v1', deal.id, { state: left, changed: ['stage'] });
};
/** The fault is mended, and a person asks for another try. */
const mended = async (id: string): Promise<void> => {
  initiation.around.meanwhile = () => undefined;
  await initiation.act(id, because('retry'));
};

const PLACES: [string, (deal: Deal) => string][] = [
  ['PSA project', psaProject],
  ['ERP project', erpProject],
  ['first staffing request', deal => requestsOf(deal)[0][0]],
];

describe('an undo that fails half-way', () => {
  it.each(PLACES)('at the %s, before the deal is won again, leaves a project that runs in all systems', async (name, pathOf) => {
    const deal = await running(initiation, `half-undone-${name.replaceAll(' ', '-')}`);
    const before = statusesOf(deal);
    const written = writesOf(deal);
    refusing(pathOf(deal));
    await leave(deal);
    const { id } = await initiation.exception(deal.id);
    const undone = writesOf(deal).length - written.length;
    await initiation.win(moved(deal));
    await mended(id);
    await initiation.done(deal.id, 3);
    await initiation.exception(deal.id, 'resolved');
    expect(statusesOf(deal)).toEqual(before);
    expect(writesOf(deal)).toHaveLength(written.length + 2 * undone);
    await initiation.win(moved(deal));
    await initiation.done(deal.id, 4);
    expect(writesOf(deal)).toHaveLength(written.length + 2 * undone);
  });

  it('is repaired by a run by hand, which asks nobody about what this app archived', async () => {
    const deal = await running(initiation, 'half-undone-by-hand');
    refusing(psaProject(deal));
    await leave(deal);
    const { id } = await initiation.exception(deal.id);
    initiation.around.deals.set(deal.id, moved(deal));
    await initiation.rest('POST', '/runs', { body: { dealId: deal.id, reason: 'It is won again.' } });
    await mended(id);
    await initiation.done(deal.id, 3);
    expect(codes(await initiation.exception(deal.id, 'resolved'))).not.toContain('deal.ended-elsewhere');
    expect(statusesOf(deal)).toEqual(['active', 'active', ['requested']]);
  });

  it('goes on when it is tried again', async () => {
    const deal = await running(initiation, 'half-undone-retried');
    refusing(psaProject(deal));
    await leave(deal, 'lost');
    await mended((await initiation.exception(deal.id)).id);
    await initiation.done(deal.id, 2);
    expect(statusesOf(deal)).toEqual(['archived', 'archived', ['cancelled']]);
  });
});

describe('an undo that is refused before it begins', () => {
  it('leaves what somebody ended meanwhile to its owner', async () => {
    const deal = await running(initiation, 'not-undone');
    initiation.around.timeBooked = true;
    await leave(deal);
    const { id } = await initiation.exception(deal.id, 'open', 'deal.reopened-after-time');
    initiation.around.held.set(erpProject(deal), { ...initiation.around.held.get(erpProject(deal)), status: 'archived' });
    const again = moved({ ...deal, name: 'not-undone, renamed' });
    await initiation.win(again);
    await mended(id);
    await initiation.exception(deal.id, 'open', 'deal.ended-elsewhere');
    expect(statusOf(erpProject(deal))).toBe('archived');
  });
});

describe('a change that fails half-way', () => {
  it('is taken back when the deal says again what it said before', async () => {
    const deal = await running(initiation, 'half-changed');
    const written = writesOf(deal);
    refusing(erpProject(deal));
    await initiation.change(deal, { name: 'half-changed, renamed' });
    const { id } = await initiation.exception(deal.id);
    expect(initiation.around.held.get(psaProject(deal))!.title).toBe('half-changed, renamed');
    await initiation.change(deal, { name: deal.name });
    await mended(id);
    await initiation.done(deal.id, 3);
    expect([psaProject(deal), erpProject(deal)].map(path => initiation.around.held.get(path)!.title)).toEqual([deal.name, deal.name]);
    expect(writesOf(deal)).toHaveLength(written.length + 2);
  });
});

describe('a project that is made half-way', () => {
  it('is undone as far as it was made when the deal is lost', async () => {
    const deal = soldDeal('half-made');
    refusing(erpProject(deal));
    await initiation.win(deal);
    const { id } = await initiation.exception(deal.id);
    await leave(deal, 'lost');
    await mended(id);
    await initiation.done(deal.id, 2);
    expect(statusesOf(deal)).toEqual(['archived', 'absent', []]);
  });

  it('is none when not even the customer was made', async () => {
    const deal = soldDeal('half-made-nothing');
    refusing(erpCustomer(deal));
    await initiation.win(deal);
    const { id } = await initiation.exception(deal.id);
    await leave(deal, 'lost');
    await mended(id);
    await initiation.done(deal.id, 2);
    expect(statusesOf(deal)).toEqual(['absent', 'absent', []]);
  });

  it('is undone when it was made again half-way', async () => {
    const deal = await running(initiation, 'half-made-again');
    await leave(deal);
    await initiation.done(deal.id, 2);
    refusing(erpProject(deal));
    await initiation.win(moved(deal));
    const { id } = await initiation.exception(deal.id);
    await leave(deal, 'lost');
    await mended(id);
    await initiation.done(deal.id, 4);
    expect(statusesOf(deal)).toEqual(['archived', 'archived', ['cancelled']]);
  });
});
