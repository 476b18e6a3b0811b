import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PSA_ABILITIES } from '#apis/psa';
import { mintId, money, projectIdOf } from '#canonical';
import { eventually } from '#testing';
import { createDeals } from '../../apps/sandbox/src/firm/create-firm.js';
import { linesIn, openExceptions } from '../house/billing-reading.js';
import { House } from '../house/house.js';
import { heldOf } from '../house/ledger-billing.js';
import { dealOf, kindsOf, reached } from '../house/reading.js';
import { Sales } from '../house/sales.js';
import { MadeUpStudio } from '../made-up-psa/studio.fixture.js';

let studio: MadeUpStudio;
let house: House;
beforeAll(async () => {
  studio = await MadeUpStudio.open();
  house = await House.open({
    vendors: ['salesforce', 'workday', 'netsuite'],
    worker: 'test/made-up-psa/worker.js',
    environment: { ...studio.settings, MADE_UP_SETTLING_MS: '3000' },
  });
});
afterAll(async () => {
  await house?.close();
  await studio?.close();
});

/** What its journey tells, without the waits. */
const steps = (kinds: string[]): string[] => kinds.filter(kind => !kind.startsWith('journey.waiting')).map(kind => kind.replace(/-already$/, ''));

describe('the whole platform over a PSA with projects, tasks and hours only', () => {
  it('makes a project of a won deal, says what was left out, and undoes what the PSA can undo', async () => {
    const { Id: opportunity } = await house.sales.opportunity(Sales.cleanDealNames()[0]);
    await house.sales.win(opportunity);
    const journey = await reached(house, opportunity, 'journey.project-active');
    expect(steps(kindsOf(journey))).toEqual([
      'journey.deal-won',
      'journey.checked',
      'journey.customer-ensured',
      'journey.project-in-psa-not-kept',
      'journey.project-in-erp',
      'journey.outcome-checked',
      'journey.staffing-requested-not-kept',
      'journey.project-active',
    ]);
    const { firm } = house;
    const sold = firm.deals.find(({ name }) => name === Sales.cleanDealNames()[0])!;
    const [project, ...more] = await studio.projectsOf(projectIdOf(await dealOf(house, opportunity)));
    expect(more).toEqual([]);
    expect([project.name, project.currency, project.tasks.length]).toEqual([sold.name, sold.currency, sold.lines.length]);

    await house.sales.reopen(opportunity);
    const undone = await reached(house, opportunity, 'journey.project-undone-not-kept');
    expect(steps(kindsOf(undone)).slice(-3)).toEqual(['journey.undo-begun', 'journey.undone-financial-project', 'journey.project-undone-not-kept']);
    expect(await studio.projectsOf(project.key)).toHaveLength(1);
  });

  it('bills time that counts as soon as it is booked, corrected and deleted too; an invoice is told to nobody', async () => {
    const { firm } = house;
    const sample = createDeals(firm, 40, 7).find(({ billingMethod, rateCard }) => billingMethod === 'T&M' && rateCard.startsWith('RC-UK'))!;
    const card = firm.rateCards.find(({ code }) => code === sample.rateCard)!;
    const person = firm.consultants.find(({ entity, terminatedOn, leave }) => entity === card.entity && !terminatedOn && leave.length === 0)!;
    const rate = card.versions
      .findLast(({ effectiveFrom }) => effectiveFrom <= '2026-12-01')!
      .rates.find(({ role }) => role === person.role)!.ratePerHour;
    const dates = { startDate: '2026-12-01', endDate: '2027-03-31' };
    const line = { role: person.role, skills: [], hours: 80, ratePerHour: rate, ...dates };
    const opportunity = await house.sales.enter({ ...sample, ...dates, closeDate: '2026-11-20', notToExceed: null, milestones: [], lines: [line] });
    await house.sales.win(opportunity);
    await reached(house, opportunity, 'journey.project-active');
    const projectId = projectIdOf(await dealOf(house, opportunity));
    const [project] = await studio.projectsOf(projectId);

    const book = async (day: string): Promise<string> => {
      const name = `${person.firstName} ${person.lastName}`;
      const hours = { project: project.id, task: project.tasks[0].id, email: person.email, person: name, day, minutes: 60 };
      return (await studio.call('POST', '/hours', hours)).id;
    };
    const lineId = (hours: string) => mintId('time-entry', 'made-up', studio.settings.MADE_UP_ACCOUNT, hours);
    const [kept, corrected, deleted] = [await book('2026-12-08'), await book('2026-12-09'), await book('2026-12-10')];
    const lines = [kept, corrected, deleted].map(lineId);
    const posted = await linesIn(house, lines, 'posted', { withinMs: 90_000 });
    expect(posted.map(({ money: price }) => price)).toEqual(lines.map(() => money(rate, 'GBP')));

    await studio.call('PATCH', `/hours/${corrected}`, { minutes: 120 });
    await linesIn(house, [lineId(corrected)], 'posted', { version: 2 });
    await studio.call('DELETE', `/hours/${deleted}`);
    // Nobody says so: whoever compares everything finds it.
    expect((await house.rest('POST', '/system/psa/v1/feeds/time-entries/sweeps', { body: {} })).status).toBe(200);
    const minutes = async () => (await heldOf(house, ...lines)).map(held => String(held.minutes)).sort();
    await eventually(async () => expect(await minutes()).toEqual(['120', '60']), { withinMs: 30_000 });

    await house.finance.invoice(projectId, '2026-12-31');
    await linesIn(house, [lineId(kept), lineId(corrected)], 'billed');
    await eventually(
      async () => expect(await house.sql('select subject, told < wanted as due from billing.status_back')).toMatchObject([{ due: false }]),
      {
        withinMs: 30_000,
      },
    );
    expect(await house.sql('select key, what from events.set_aside')).toEqual([]);
    expect(await openExceptions(house)).toEqual([]);
  });

  it('tells in the portal what is not kept', async () => {
    const { data } = await house.graphql<{ notKept: { text: string }[]; staffingRequests: { nodes: object[] } }>(
      '{ notKept { text } staffingRequests { nodes { id } } }',
    );
    expect(data.staffingRequests.nodes).toEqual([]);
    expect(data.notKept.map(({ text }) => text)).toContain('Staffing requests: not kept in this PSA.');
    expect(data.notKept).toHaveLength(PSA_ABILITIES.length);
  });
});
