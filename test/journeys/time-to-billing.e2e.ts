import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { mintId } from '#canonical';
import { eventually } from '#testing';
import { billingInPortal, decide, lineOf, linesIn, openExceptions, queueOf } from '../house/billing-reading.js';
import { workdays, type Delivery } from '../house/delivery.js';
import { House } from '../house/house.js';
import { heldOf, sumOf } from '../house/ledger-billing.js';

let house: House;
let delivery: Delivery;
beforeAll(async () => {
  // One batch at a time, so that a line can wait behind it.
  house = await House.open({ environment: { TIME_TO_BILLING_BATCHES: '1' } });
  delivery = await house.delivery();
});
afterEach(() => house.control.clearFaults());
afterAll(() => house?.close());

const ids = (lines: { lineId: string }[]) => lines.map(({ lineId }) => lineId);
const projectId = (number: string) => house.firm.projects.find(project => project.number === number)!.id;
/** What the ledger of the ERP says was done with a line's records: `create tl-…-v1`, in order. */
const doneWith = async (lineId: string) =>
  (await house.ledger('netsuite'))
    .filter(({ externalId }) => externalId?.startsWith(`tl-${lineId}-`))
    .map(row => `${row.after ? 'put' : 'delete'} ${row.externalId}`);

describe('a clean week', () => {
  it('is posted line by line at the rate of the card, each once, invoiced and paid, and the PSA and the portal are told', async () => {
    const days = workdays('2026-11-09', 5);
    const { lines, sheets } = await delivery.approved(days.map(date => ({ project: 'P-9003', person: '1001', date })));
    const posted = await linesIn(house, ids(lines), ['posted', 'billed']);
    expect(posted.map(({ money }) => money)).toEqual(days.map(() => ({ amount: '2080.00', currency: 'USD' })));
    expect(posted.map(({ workDate, postingDate, version }) => [workDate, postingDate, version])).toEqual(days.map(day => [day, day, 1]));
    const held = await heldOf(house, ...ids(lines));
    expect(held.map(({ externalId }) => externalId).sort()).toEqual(
      ids(lines)
        .map(id => `tl-${id}-v1`)
        .sort(),
    );
    for (const one of held)
      expect(one).toMatchObject({ type: 'timeBill', projectId: projectId('P-9003'), employeeNumber: '1001', minutes: 480, rate: '260.00' });
    for (const { lineId } of lines) expect(await doneWith(lineId)).toEqual([`put tl-${lineId}-v1`]);
    await eventually(async () => (await delivery.statusOf(sheets)).every(status => status !== ''), { withinMs: 30_000 });

    const invoiceId = await house.finance.invoice(projectId('P-9003'), '2026-11-30');
    const billed = await linesIn(house, ids(lines), 'billed');
    expect(new Set(billed.map(({ invoice }) => invoice?.number)).size).toBe(1);
    await house.finance.takePayment(invoiceId, '2026-11-30');
    await linesIn(house, ids(lines), 'paid');
    for (const { lineId } of lines) expect(await doneWith(lineId)).toEqual([`put tl-${lineId}-v1`]);
    expect(await openExceptions(house)).toEqual([]);

    const week = `worker:${mintId('worker', 'workday', 'larkfield', '1001')}:2026-W46`;
    for (const of of [sheets[0].id, week, `project:${projectId('P-9003')}:2026-11`]) {
      await eventually(async () => {
        expect(await billingInPortal(house, of), of).toMatchObject({
          lines: 5,
          money: [{ amount: '10400.00', currency: 'USD' }],
          states: { PAID: 5 },
        });
        return true;
      });
    }
    for (const of of [lines[0].lineId, lines[0].entryId])
      expect(await billingInPortal(house, of), of).toMatchObject({ lines: 1, money: [{ amount: '2080.00', currency: 'USD' }], states: { PAID: 1 } });
  });

  it('is told by its lines as to why it costs what it costs', async () => {
    const { lines } = await delivery.approved([{ project: 'P-9003', person: '1016', date: '2026-11-09', minutes: 450, notes: 'Design workshop' }]);
    const [line] = await linesIn(house, ids(lines), 'posted');
    expect(line).toMatchObject({
      money: { amount: '1425.00', currency: 'USD' },
      legalEntities: ['LF-US'],
      minutes: 450,
    });
    expect(JSON.stringify(line.explanation)).toContain('RC-US');
    expect(JSON.stringify(line.explanation)).toContain('2026-01-01');
  });
});

describe('a corrected week', () => {
  it('before it is posted goes into the ERP in its newest version only', async () => {
    await house.control.planFault({ match: { vendor: 'netsuite' }, action: { do: 'maintenance' } });
    await delivery.approved([{ project: 'P-9003', person: '1001', date: '2026-10-12' }]);
    await eventually(async () => (await queueOf(house)).state === 'held', { withinMs: 60_000 });
    const { lines, sheets } = await delivery.approved(workdays('2026-10-12', 5).map(date => ({ project: 'P-9003', person: '1040', date })));
    await linesIn(house, ids(lines), 'ready');
    await delivery.correct(sheets[0], { [lines[1].entryId]: { minutes: 240 } });
    await linesIn(house, [lines[1].lineId], 'ready', { version: 2 });
    await house.control.clearFaults();
    await linesIn(house, ids(lines), 'posted');
    expect(await doneWith(lines[1].lineId)).toEqual([`put tl-${lines[1].lineId}-v2`]);
    const held = await heldOf(house, ...ids(lines));
    expect([held.length, sumOf(held)]).toEqual([5, '6840.00']); // 36 hours at 190.00
  });

  it('after it was posted has its older version taken out first, and a line that moved, was deleted or rejected is out', async () => {
    const { lines, sheets } = await delivery.approved(workdays('2026-10-19', 5).map(date => ({ project: 'P-9003', person: '1049', date })));
    await linesIn(house, ids(lines), 'posted');
    const [hours, moved, dayChanged, deleted, same] = lines;
    const again = await delivery.correct(sheets[0], {
      [hours.entryId]: { minutes: 450 },
      [moved.entryId]: { project: 'P-9001' },
      [dayChanged.entryId]: { date: '2026-10-24' },
    });
    await linesIn(house, ids([hours, moved, dayChanged]), 'posted', { version: 2 });
    await linesIn(house, ids([deleted, same]), 'posted', { version: 1 });
    expect(await doneWith(hours.lineId)).toEqual([`put tl-${hours.lineId}-v1`, `delete tl-${hours.lineId}-v1`, `put tl-${hours.lineId}-v2`]);
    const [there] = await heldOf(house, moved.lineId);
    expect(there).toMatchObject({ externalId: `tl-${moved.lineId}-v2`, projectId: projectId('P-9001') });

    const rest = await delivery.withdraw(
      again.find(({ project }) => project === 'P-9003')!,
      [deleted.entryId],
    );
    await linesIn(house, [deleted.lineId], 'withdrawn');
    expect(await heldOf(house, deleted.lineId)).toEqual([]);

    await delivery.reject(rest[0]);
    await linesIn(house, ids([hours, dayChanged, same]), 'withdrawn');
    expect((await heldOf(house, ...ids(lines))).map(({ lineId }) => lineId)).toEqual([moved.lineId]);
  });

  it('after it was invoiced waits for the credit that finance gives, never for a voided invoice, and then is posted anew', async () => {
    const { lines, sheets } = await delivery.approved(workdays('2026-10-05', 2).map(date => ({ project: 'P-9004', person: '1015', date })));
    await linesIn(house, ids(lines), 'posted');
    const invoiceId = await house.finance.invoice(projectId('P-9004'), '2026-10-31');
    await linesIn(house, ids(lines), 'billed');
    const [corrected, other] = lines;
    await delivery.correct(sheets[0], { [corrected.entryId]: { minutes: 240 } });
    const [waiting] = await linesIn(house, [corrected.lineId], 'needs-credit');
    expect([waiting.version, waiting.block?.desk]).toEqual([2, 'finance']);
    const exceptions = await openExceptions(house);
    expect(exceptions.flatMap(({ needs }) => needs.map(({ need }) => need))).toContainEqual(expect.stringContaining('credit:'));
    expect((await heldOf(house, corrected.lineId)).map(({ version }) => version)).toEqual([1]);

    await house.finance.creditTime(invoiceId, [`tl-${corrected.lineId}-v1`], '2026-11-10');
    await decide(house, waiting.block!.exceptionId, 'retry', 'credited with a memo');
    await linesIn(house, [corrected.lineId], 'posted', { version: 2 });
    const held = await heldOf(house, corrected.lineId);
    expect(held.map(({ version, amount }) => [version, amount])).toContainEqual([2, '632.00']); // 4 hours at 158.00
    const invoices = (await house.ledger('netsuite')).filter(({ type, id }) => type === 'invoice' && id === invoiceId);
    expect(invoices.every(({ after }) => after !== null)).toBe(true);
    expect(await lineOf(house, other.lineId)).toMatchObject({ state: 'billed', version: 1 });
    expect(await openExceptions(house)).toEqual([]);
  });

  it('whose invoice finance voided is unbilled again, so that the correction takes its place', async () => {
    const { lines, sheets } = await delivery.approved([{ project: 'P-9004', person: '1045', date: '2026-09-21' }]);
    await linesIn(house, ids(lines), 'posted');
    const invoiceId = await house.finance.invoice(projectId('P-9004'), '2026-09-30');
    const [line] = await linesIn(house, ids(lines), 'billed');
    await house.finance.voidInvoice(invoiceId);
    await linesIn(house, ids(lines), 'posted', { version: 1 });
    await eventually(async () => !(await delivery.invoiced(lines[0].entryId)));
    await delivery.correct(sheets[0], { [lines[0].entryId]: { minutes: 120 } });
    await linesIn(house, ids(lines), 'posted', { version: 2 });
    expect(await heldOf(house, line.id)).toMatchObject([{ externalId: `tl-${line.id}-v2`, minutes: 120, amount: '306.00' }]);
  });
});
