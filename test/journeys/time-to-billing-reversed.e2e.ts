import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { linesIn, openExceptions } from '../house/billing-reading.js';
import { workdays } from '../house/delivery.js';
import { House } from '../house/house.js';
import { heldOf, sumOf } from '../house/ledger-billing.js';

let house: House;
beforeAll(async () => {
  house = await House.open({ choices: { netsuite: { negativeTime: true } }, environment: { NETSUITE_REVERSING_LINES: 'true' } });
});
afterAll(() => house?.close());

describe('a week that is corrected after it was invoiced, where the ERP takes reversing lines', () => {
  it('is reversed line by line and posted anew, and no person acts', async () => {
    const delivery = await house.delivery();
    const project = house.firm.projects.find(({ number }) => number === 'P-9004')!;
    const { lines, sheets } = await delivery.approved(workdays('2026-10-05', 5).map(date => ({ project: project.number, person: '1015', date })));
    const ids = lines.map(({ lineId }) => lineId);
    await linesIn(house, ids, 'posted');
    await house.finance.invoice(project.id, '2026-10-31');
    await linesIn(house, ids, 'billed');

    const [shorter, ...others] = lines;
    await delivery.correct(sheets[0], { [shorter.entryId]: { minutes: 240 } });
    await linesIn(house, [shorter.lineId], 'posted', { version: 2 });
    const held = await heldOf(house, shorter.lineId);
    expect(held.map(({ externalId, minutes }) => [externalId, minutes])).toEqual([
      [`tl-${shorter.lineId}-v1`, 480],
      [`tl-${shorter.lineId}-v1-r`, -480],
      [`tl-${shorter.lineId}-v2`, 240],
    ]);
    expect(sumOf(held)).toBe('632.00');
    await linesIn(
      house,
      others.map(({ lineId }) => lineId),
      'billed',
      { version: 1 },
    );
    expect(await openExceptions(house)).toEqual([]);

    await house.finance.invoice(project.id, '2026-10-31');
    await linesIn(house, [shorter.lineId], 'billed', { version: 2 });
  });
});
