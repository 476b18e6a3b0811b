import { afterEach, describe, expect, it } from 'vitest';
import { code, detail, RunningAccount, strict } from './running-account.fixture.js';

describe('a project billed by milestones', () => {
  let account: RunningAccount;
  afterEach(() => account.end());

  const put = (type: string, externalId: string, body: object) => account.call('PUT', `/record/v1/${type}/eid:${externalId}`, body, strict);
  const patch = (type: string, externalId: string, body: object) => account.call('PATCH', `/record/v1/${type}/eid:${externalId}`, body, strict);
  const billNext = () => account.call('POST', `${account.baseUrl}/sandbox/finance/projects/eid:prj_1/next-bill`);
  const billed = async () =>
    (await account.query("SELECT foreigntotal FROM transaction WHERE type = 'CustInvc' ORDER BY id")).body.items.map(
      ({ foreigntotal }: { foreigntotal: string }) => foreigntotal,
    );
  const schedule = (amounts: number[]) =>
    put('billingSchedule', 'prj_1-bs', {
      name: 'S',
      scheduleType: 'FBM',
      job: { externalId: 'prj_1' },
      milestone: { items: amounts.map(milestoneAmount => ({ milestoneAmount, milestoneDate: '2027-01-31', comments: 'Go-live' })) },
    });

  /** A project of 200.00 whose schedule has these milestones. */
  async function open(milestoneAmounts: 'percentage' | 'amount', amounts: number[]): Promise<void> {
    account = new RunningAccount();
    await account.start({ milestoneAmounts });
    await put('customer', 'cus_1', { companyName: 'C', subsidiary: { externalId: 'LF-UK' }, currency: { externalId: 'GBP' } });
    const job = {
      companyName: 'X',
      parent: { externalId: 'cus_1' },
      subsidiary: { externalId: 'LF-UK' },
      currency: { externalId: 'GBP' },
      jobPrice: 200,
    };
    await put('job', 'prj_1', { ...job, jobBillingType: { id: 'FBM' } });
    expect((await schedule(amounts)).status).toBe(204);
    await patch('job', 'prj_1', { billingSchedule: { externalId: 'prj_1-bs' } });
  }

  it.each([
    ['percentage', [30, 50], 20, ['40', '60']],
    ['amount', [60, 100], 20, ['40', '60']],
    ['percentage', [30, 70], 0, ['60']],
  ] as const)(
    'by %s %j leaves %d %% as the initial amount, billed first and at once, then the completed milestones',
    async (amounts, lines, left, invoices) => {
      await open(amounts, [...lines]);
      expect((await account.call('GET', '/record/v1/billingSchedule/eid:prj_1-bs')).body.initialAmountPercent).toBe(left);
      if (left > 0) expect((await billNext()).status).toBe(204);
      const refused = await billNext();
      expect([code(refused), detail(refused)]).toEqual(['USER_ERROR', 'There is nothing to bill for this project.']);
      await patch('billingSchedule', 'prj_1-bs', { milestone: { items: [{ milestoneId: 1, milestoneCompleted: true }] } });
      expect((await billNext()).status).toBe(204);
      expect((await billNext()).status).toBe(400);
      expect(await billed()).toEqual(invoices);
    },
  );

  it('refuses milestones of more than the project, and doesn’t take the initial amount from anybody', async () => {
    await open('percentage', [100]);
    const refused = await schedule([60, 50]);
    expect([refused.status, code(refused)]).toEqual([400, 'USER_ERROR']);
    await patch('billingSchedule', 'prj_1-bs', { initialAmountPercent: 40 });
    expect((await account.call('GET', '/record/v1/billingSchedule/eid:prj_1-bs')).body.initialAmountPercent).toBe(0);
  });
});
