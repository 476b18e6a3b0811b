import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mintId, money } from '#canonical';
import { eventually } from '#testing';
import { AS_OF, PROJECT, someTime, testBilling, type TestBilling } from '../time-to-billing.fixture.js';

const FIRST_OPEN_DAY = '2026-12-01';
const external = (id: string, version: number) => `tl-${id}-v${version}`;

let billing: TestBilling;
beforeAll(async () => void (billing = await testBilling({ project: { notToExceed: money('1150', 'GBP') } })));
afterAll(() => billing.close());

async function november(open: boolean): Promise<void> {
  const state = { id: 'period-11', legalEntity: 'LF-UK', name: '11', startDate: '2026-11-01', endDate: '2026-11-30', open };
  await billing.publish('accounting-period.changed.v1', 'period:11', { state, changed: [] });
  await eventually(async () => {
    const [period] = await billing.dataSource.query<{ open: boolean }[]>(`select open from billing.period where id = 'period-11'`);
    return period.open === open;
  });
}

async function billed(name: string, email: string) {
  const entry = someTime(name, { person: { email } });
  await billing.approve(entry);
  await billing.reaches(entry.id, 'posted');
  const id = mintId('invoice', 'spec', name);
  const total = money('300', 'GBP');
  const state = {
    id,
    number: name,
    status: 'open' as const,
    projectId: PROJECT,
    date: AS_OF,
    total,
    amountDue: total,
    transactions: [external(entry.id, 1)],
    refs: [],
  };
  billing.around.billed.add(external(entry.id, 1));
  await billing.publish('invoice.changed.v1', id, { state, changed: [] });
  await billing.reaches(entry.id, 'billed');
  return entry;
}

describe('a posting after its month was closed', () => {
  it('is dated on the first open day, whatever it waited for: reversals, lines after a credit, and overage', async () => {
    const withdrawn = await billed('withdrawn', 'ada@larkfield.example');
    const corrected = await billed('corrected', 'bea@larkfield.example');
    const credited = await billed('credited', 'cyd@larkfield.example');
    // 250.00 of the line are under the cap.
    const capped = someTime('capped', { workDate: '2026-11-03', person: { email: 'dan@larkfield.example' } });
    await billing.approve(capped);
    expect(await billing.reaches(capped.id, 'posted')).toMatchObject({ overage: { money: money('50', 'GBP') } });
    await billing.approve({ ...credited, workedMinutes: 60 });
    const { block } = await billing.reaches(credited.id, 'needs-credit');

    await november(false);
    billing.around.takesReversals = true;
    await billing.approve({ ...withdrawn, approval: 'rejected' });
    await billing.reaches(withdrawn.id, 'withdrawn');
    await billing.approve({ ...corrected, workedMinutes: 90 });
    await eventually(async () => (await billing.reaches(corrected.id, 'posted')).version === 2);
    billing.around.credited.add(external(credited.id, 1));
    const action = { action: 'retry', reason: 'credited with CM-17' };
    expect((await billing.rest('POST', `/exceptions/${block.exceptionId}/actions`, { as: { person: 'finance-uk' }, body: action })).status).toBe(200);
    const after = await eventually(async () => {
      const line = await billing.reaches(credited.id, 'posted');
      return line.version === 2 && line;
    });
    await eventually(() => billing.around.held.has(`${external(capped.id, 1)}-o1`));

    const dated = (externalId: string) => billing.around.held.get(externalId)?.postingDate;
    expect({
      'the reversal of what was withdrawn': dated(`${external(withdrawn.id, 1)}-r`),
      'the reversal of what was corrected': dated(`${external(corrected.id, 1)}-r`),
      'what replaces it': dated(external(corrected.id, 2)),
      'what follows a credit': dated(external(credited.id, 2)),
      'released overage': dated(`${external(capped.id, 1)}-o1`),
    }).toEqual({
      'the reversal of what was withdrawn': FIRST_OPEN_DAY,
      'the reversal of what was corrected': FIRST_OPEN_DAY,
      'what replaces it': FIRST_OPEN_DAY,
      'what follows a credit': FIRST_OPEN_DAY,
      'released overage': FIRST_OPEN_DAY,
    });
    expect(after).toMatchObject({ workDate: AS_OF, postingDate: FIRST_OPEN_DAY });
    const said = (line: Record<string, any>) => line.explanation.map(({ code }: { code: string }) => code);
    expect(said(after)).toContain('price.posting-date');
    expect(said(await billing.line(capped.id))).toEqual(expect.arrayContaining(['price.overage-released', 'price.posting-date']));
  });

  it('is dated like the posting it reverses while that month is open', async () => {
    await november(true);
    const entry = await billed('reopened', 'eve@larkfield.example');
    await billing.approve({ ...entry, approval: 'rejected' });
    await billing.reaches(entry.id, 'withdrawn');
    expect(billing.around.held.get(`${external(entry.id, 1)}-r`)?.postingDate).toBe(AS_OF);
  });
});
