import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { projectIdOf, type Deal, type Effect } from '#canonical';
import { erpCustomer, erpProject, psaProject, soldDeal, testInitiation, type TestInitiation } from '../../project-initiation.fixture.js';

let initiation: TestInitiation;
beforeAll(async () => {
  initiation = await testInitiation({ FLOW_LEASE_MS: '1000', FLOW_DRAIN_MS: '50', FLOW_PATIENCE_MS: '20000' });
});
afterAll(() => initiation?.close());
beforeEach(() => {
  initiation.around.meanwhile = () => undefined;
});

const staffing = async (deal: Deal): Promise<string[]> => {
  const { body } = await initiation.rest<{ effects: Effect[] }>('POST', '/plans', { body: { dealId: deal.id } });
  return body.effects.filter(({ noun }) => noun === 'staffing-request').map(({ externalId }) => `psa/staffing-requests/${externalId}`);
};
const PLACES: Record<string, (deal: Deal) => Promise<string> | string> = {
  customer: erpCustomer,
  project: psaProject,
  'financial project': erpProject,
  'first staffing request': async deal => (await staffing(deal))[0],
};
/** All writes of the deal, in order. */
const writesOf = (deal: Deal, requests: string[]): string[] =>
  [erpCustomer(deal), psaProject(deal), erpProject(deal), ...requests].map(place => `PUT ${place}`);
const writes = (expected: string[]) => initiation.around.writes.filter(write => expected.includes(write));
const told = async (deal: Deal): Promise<string[]> => {
  const rows = await initiation.dataSource.query<{ kind: string }[]>(
    `select data ->> 'kind' kind from events.event where type = 'journey.step.v1' and key = $1 order by key_seq`,
    [`journey:${deal.id}`],
  );
  return rows.map(({ kind }) => kind);
};
const WELL = [
  'journey.customer-ensured',
  'journey.project-in-psa',
  'journey.project-in-erp',
  'journey.outcome-checked',
  'journey.staffing-requested',
];

/** Holds the first write to the path at that moment, until released. */
function held(place: string, moment: 'before' | 'after'): { reached: Promise<void>; goOn: () => void } {
  const [reached, going] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  let first = true;
  initiation.around.meanwhile = (at, write) => {
    if (!first || at !== moment || write !== `PUT ${place}`) return;
    first = false;
    reached.resolve();
    return going.promise;
  };
  return { reached: reached.promise, goOn: going.resolve };
}

const EACH = Object.keys(PLACES).flatMap(place => (['before', 'after'] as const).map(moment => [place, moment] as const));

describe('a process that goes down', () => {
  it.each(EACH)(
    'during the write of the %s, %s it is made, leaves the flow to another process, and each record is made once',
    async (name, moment) => {
      const deal = soldDeal(`down-${moment}-${name.replaceAll(' ', '-')}`);
      initiation.around.deals.set(deal.id, deal);
      const expected = writesOf(deal, await staffing(deal));
      const { reached, goOn } = held(await PLACES[name](deal), moment);
      await initiation.win(deal);
      await reached;
      await initiation.restart();
      await initiation.done(deal.id, 1);
      // The request of the process that is gone comes in after all.
      goOn();
      const again = soldDeal(`after-${deal.id}`);
      await initiation.win(again);
      await initiation.done(again.id, 1);
      expect(writes(expected)).toEqual(expected);
      const kinds = (await told(deal)).map(kind => kind.replace('-already', ''));
      expect(kinds.filter(kind => WELL.includes(kind))).toEqual(WELL);
      expect(kinds.filter(kind => kind === 'journey.project-active')).toHaveLength(1);
    },
  );

  it('during an undo leaves it to another process too', async () => {
    const deal = soldDeal('down-undoing');
    await initiation.win(deal);
    await initiation.done(deal.id, 1);
    const { reached, goOn } = held(psaProject(deal), 'after');
    const before = initiation.around.writes.length;
    initiation.around.deals.set(deal.id, { ...deal, stage: 'lost' });
    await initiation.publish('deal.lost.v1', deal.id, { state: { ...deal, stage: 'lost' }, changed: ['stage'] });
    await reached;
    await initiation.restart();
    goOn();
    await initiation.done(deal.id, 2);
    const undone = initiation.around.writes.slice(before).filter(write => write.includes(projectIdOf(deal.id)));
    expect(undone.sort()).toEqual([`PUT ${erpProject(deal)}`, `PUT ${psaProject(deal)}`].sort());
    expect([erpProject(deal), psaProject(deal)].map(place => initiation.around.held.get(place)!.status)).toEqual(['archived', 'archived']);
    expect((await told(deal)).at(-1)).toBe('journey.project-undone');
  });
});

describe('a lost answer', () => {
  it.each(EACH)('of the write of the %s, %s it is made, makes the flow ask again, and each record is made once', async (name, moment) => {
    const deal = soldDeal(`lost-${moment}-${name.replaceAll(' ', '-')}`);
    initiation.around.deals.set(deal.id, deal);
    const expected = writesOf(deal, await staffing(deal));
    const place = await PLACES[name](deal);
    let lost = 0;
    initiation.around.meanwhile = (at, write) => Promise.resolve(at === moment && write === `PUT ${place}` && lost++ === 0 ? 'lost' : undefined);
    await initiation.win(deal);
    await initiation.done(deal.id, 1);
    expect(lost).toBe(2);
    expect(writes(expected)).toEqual(expected);
  });
});

describe('two events of one deal', () => {
  it('are one turn when they report the same change, and the second does nothing when they do not', async () => {
    const deal = soldDeal('twice');
    initiation.around.deals.set(deal.id, deal);
    const expected = writesOf(deal, await staffing(deal));
    const id = `won-${deal.id}`;
    const won = { state: deal, changed: ['stage'] };
    await Promise.all([initiation.publish('deal.won.v1', deal.id, won, id), initiation.publish('deal.won.v1', deal.id, won, id)]);
    await initiation.publish('deal.won.v1', deal.id, won);
    await initiation.done(deal.id, 2);
    expect(writes(expected)).toEqual(expected);
    expect((await told(deal)).filter(kind => kind === 'journey.project-active' || kind === 'journey.project-as-it-was')).toEqual([
      'journey.project-active',
      'journey.project-as-it-was',
    ]);
  });
});

describe('a dry run', () => {
  it('writes nothing, and lists exactly what is written when the deal is won', async () => {
    const deal = soldDeal('dry');
    initiation.around.deals.set(deal.id, deal);
    const before = initiation.around.writes.length;
    const { body } = await initiation.rest<{ effects: Effect[] }>('POST', '/plans', { body: { dealId: deal.id } });
    expect(initiation.around.writes).toHaveLength(before);
    await initiation.win(deal);
    await initiation.done(deal.id, 1);
    const COLLECTIONS: Record<string, string> = { customer: 'customers', 'staffing-request': 'staffing-requests' };
    expect(body.effects.map(({ system, noun, externalId }) => `PUT ${system}/${COLLECTIONS[noun] ?? 'projects'}/${externalId}`)).toEqual(
      initiation.around.writes.slice(before),
    );
  });
});
