import { describe, expect, it } from 'vitest';
import { OTHER, CAPPED, SOLD, account, Ledgers } from './ledgers.fixture.js';

describe('the judge of money', () => {
  it('finds nothing wrong with an expense in another currency, a refund and a refund in another currency, and counts them', () => {
    const ledgers = new Ledgers();
    // 13.10 EUR at 0.8615 is 11.28565 GBP; 10.00 is 8.615, half up away from zero.
    const [spent, back] = [ledgers.expense('1', { cents: 1310, in: 'EUR' }), ledgers.expense('3', { cents: -1000, in: 'EUR' })];
    ledgers.charged(`tl-${spent}-v1`, 11.29);
    ledgers.booked(`tl-${spent}-v1-c`, 13.1, '1');
    ledgers.reported(`tl-${ledgers.expense('2', { cents: -1310 })}-v1`, -13.1);
    ledgers.charged(`tl-${back}-v1`, -8.62);
    ledgers.booked(`tl-${back}-v1-c`, -10, '1');
    expect(ledgers.verdict()).toMatchObject({ findings: [], posted: 3, money: { 'foreign-expense': 1, refund: 2, 'foreign-refund': 1 } });
  });

  it.each([
    ['what the PSA made of it', { cents: 1310, in: 'EUR' }, 0.01],
    ['what was spent, not converted', { cents: 1310, in: 'EUR' }, 13.1],
    ['a cut cent', { cents: 1310, in: 'EUR' }, 11.28],
    ['half a cent towards zero', { cents: -1000, in: 'EUR' }, -8.61],
    ['what is to be paid back', { cents: -1310 }, 13.1],
  ])('sees an expense that is billed at %s', (_, spent, amount) => {
    const ledgers = new Ledgers();
    const line = ledgers.expense('1', spent);
    ledgers.charged(`tl-${line}-v1`, amount);
    ledgers.booked(`tl-${line}-v1-c`, spent.cents / 100, 'in' in spent ? '1' : '2');
    expect(ledgers.rules()).toEqual(['amount', 'sum', 'straight-through']);
  });

  it.each<[string, [amount: number, currency: string][]]>([
    ['is not booked', []],
    ['is booked at what is billed', [[11.29, '1']]],
    ['is booked in the currency of the contract', [[13.1, '2']]],
  ])('sees that what was spent %s', (_, costs) => {
    const ledgers = new Ledgers();
    const line = ledgers.expense('1', { cents: 1310, in: 'EUR' });
    ledgers.charged(`tl-${line}-v1`, 11.29);
    for (const [amount, currency] of costs) ledgers.booked(`tl-${line}-v1-c`, amount, currency);
    expect(ledgers.rules()).toEqual(['cost', 'straight-through']);
  });

  it('sees that what was spent is booked twice, or stays when the line is taken back', () => {
    const ledgers = new Ledgers();
    const line = ledgers.expense('1', { cents: 1310 });
    ledgers.reported(`tl-${line}-v1`, 13.1);
    ledgers.booked(`tl-${line}-v1-c`, 13.1);
    expect(ledgers.rules()).toEqual(['cost', 'straight-through']);
    ledgers.expense('1', { cents: 1310, approved: false });
    expect(ledgers.rules()).toEqual(['not-withdrawn']);
  });

  it("sees an expense that is charged or reported in a currency that is not the contract's", () => {
    const ledgers = new Ledgers();
    const line = ledgers.expense('1', { cents: 1310, in: 'EUR' });
    ledgers.charged(`tl-${line}-v1`, 11.29, '1');
    ledgers.booked(`tl-${line}-v1-c`, 13.1, '1');
    ledgers.reported(`tl-${ledgers.expense('2', { cents: 1310 })}-v1`, 13.1, '1');
    expect(ledgers.rules()).toEqual(['content', 'cost', 'straight-through']);
  });

  it('sees an expense billed though the books have no exchange rate of its day', () => {
    const ledgers = new Ledgers();
    const line = ledgers.expense('1', { cents: 1310, in: 'JPY' });
    ledgers.planted.add('expense 1');
    ledgers.openExceptions.set(line, 'no exchange rate');
    expect(ledgers.rules()).toEqual([]);
    ledgers.openExceptions.clear();
    ledgers.charged(`tl-${line}-v1`, 0.07);
    expect(ledgers.rules()).toEqual(['amount', 'cost', 'sum']);
  });

  it.each([
    ['project', { project: OTHER.id }],
    ['day', { date: '2026-11-03' }],
  ])('sees another %s', (_, said) => {
    const ledgers = new Ledgers();
    const line = ledgers.entry('1');
    ledgers.posted(`tl-${line}-v1`, said);
    expect(ledgers.rules()).toEqual(['content', 'straight-through']);
  });

  it('finds nothing wrong with what is billed, and with a billed line that is taken back when it is corrected', () => {
    const ledgers = new Ledgers();
    const line = ledgers.entry('1', { minutes: 60 });
    ledgers.posted(`tl-${line}-v1`);
    ledgers.billed('81', `tl-${line}-v1`, 1560);
    ledgers.posted(`tl-${line}-v1-r`, { hours: '-7:30' });
    ledgers.posted(`tl-${line}-v2`, { hours: '1:00' });
    const spent = ledgers.expense('2', { cents: 1310, in: 'EUR' });
    ledgers.booked(`tl-${spent}-v1-c`, 13.1, '1');
    ledgers.charged(`tl-${spent}-v1`, 11.29);
    ledgers.billed('82', `tl-${spent}-v1`, 11.29, { type: 'charge' });
    // Finance's mark, which is no writing again of ours.
    ledgers.charged(`tl-${spent}-v1`, 11.29, '2', '82');
    expect(ledgers.verdict()).toMatchObject({ findings: [], money: { invoiced: 2, 'taken-back': 1 } });
  });

  it('sees that what is on an invoice was removed, unless the invoice was voided before', () => {
    const ledgers = new Ledgers();
    const line = ledgers.entry('1', { minutes: 60 });
    ledgers.posted(`tl-${line}-v1`);
    ledgers.billed('81', `tl-${line}-v1`, 1560);
    ledgers.removed(`tl-${line}-v1`);
    ledgers.posted(`tl-${line}-v2`, { hours: '1:00' });
    expect(ledgers.rules()).toEqual(['billed-removed']);
    const voided = new Ledgers();
    voided.entry('1', { minutes: 60 });
    voided.posted(`tl-${line}-v1`);
    voided.billed('81', `tl-${line}-v1`, 1560);
    voided.billed('81', `tl-${line}-v1`, 1560, { void: true });
    voided.removed(`tl-${line}-v1`);
    voided.posted(`tl-${line}-v2`, { hours: '1:00' });
    expect(voided.verdict()).toMatchObject({ findings: [], money: { invoiced: 0 } });
  });

  it('sees a line on two invoices, and one on an invoice at another amount', () => {
    const ledgers = new Ledgers();
    const line = ledgers.entry('1');
    ledgers.posted(`tl-${line}-v1`);
    ledgers.billed('81', `tl-${line}-v1`, 1560);
    ledgers.billed('82', `tl-${line}-v1`, 1560.01);
    expect(ledgers.rules()).toEqual(['billed-twice', 'billed-amount']);
  });

  it('sees an older version that is billed and not taken back', () => {
    const ledgers = new Ledgers();
    const line = ledgers.entry('1', { minutes: 60 });
    ledgers.posted(`tl-${line}-v1`);
    ledgers.billed('81', `tl-${line}-v1`, 1560);
    ledgers.posted(`tl-${line}-v2`, { hours: '1:00' });
    expect(ledgers.rules()).toEqual(['two-alive', 'not-newest', 'sum', 'straight-through']);
  });

  it('counts a version and its reversal as nothing, and sees a reversal of another amount', () => {
    const ledgers = new Ledgers();
    const line = ledgers.entry('1', { minutes: 60 });
    ledgers.posted(`tl-${line}-v1`);
    ledgers.posted(`tl-${line}-v1-r`, { hours: '-7:30' });
    ledgers.posted(`tl-${line}-v2`, { hours: '1:00' });
    expect(ledgers.rules()).toEqual([]);
    const wrong = new Ledgers();
    wrong.entry('1', { minutes: 60 });
    wrong.posted(`tl-${line}-v1`);
    wrong.posted(`tl-${line}-v1-r`, { hours: '-7:00' });
    wrong.posted(`tl-${line}-v2`, { hours: '1:00' });
    expect(wrong.rules()).toEqual(['amount', 'sum']);
  });

  describe('of what sales does', () => {
    const deal = { Id: '006A', Name: 'Affair', AccountId: '001L' };
    const over = (ledgers: Ledgers, o: { job?: boolean; workspace?: boolean }) => {
      ledgers.crm.push({ seq: 1, type: 'Opportunity', id: '006A', externalId: null, before: deal, after: null });
      if (o.job) ledgers.erp.push({ seq: 90, type: 'job', id: '70', externalId: SOLD, before: {}, after: { isInactive: true } });
      if (o.workspace) ledgers.psa.push({ seq: 91, type: 'workspaces', id: '44', externalId: null, before: {}, after: { archived: true } });
      return ledgers;
    };

    it('sees a deal that was deleted and goes on in one of the systems', () => {
      expect(over(new Ledgers(), { job: true, workspace: true }).verdict()).toMatchObject({ findings: [], money: { 'deal-deleted': 1 } });
      expect(over(new Ledgers(), { job: true }).rules()).toEqual(['deal-goes-on']);
      expect(over(new Ledgers(), { workspace: true }).rules()).toEqual(['deal-goes-on']);
    });

    it('sees a merged account that the ERP does not follow, or has twice', () => {
      const merged = (...customers: [string, string, boolean?][]) => {
        const ledgers = new Ledgers();
        ledgers.crm.push({ seq: 1, type: 'Opportunity', id: '006A', externalId: null, before: deal, after: { ...deal, AccountId: '001W' } });
        for (const [id, of, isInactive = false] of customers)
          ledgers.erp.push({ seq: 90, type: 'customer', id, externalId: account(of), before: {}, after: { isInactive } });
        return ledgers;
      };
      expect(merged(['5', '001W']).verdict()).toMatchObject({ findings: [], money: { 'account-merged': 1 } });
      expect(merged().rules()).toEqual(['customer-not-followed']);
      expect(merged(['5', '001W'], ['6', '001W']).rules()).toEqual(['customer-not-followed']);
      expect(merged(['5', '001W'], ['6', '001L']).rules()).toEqual(['customer-not-followed']);
      expect(merged(['5', '001W'], ['6', '001L', true]).rules()).toEqual([]);
    });
  });

  it('lets what a refund made room for stay billed when less is refunded, and no more', () => {
    const refunded = (cents: number) => {
      const ledgers = new Ledgers();
      ledgers.expense('9', { cents: -cents, workspace: '43' });
      ledgers.expense('9', { cents: -1, workspace: '43', approved: false });
      const line = ledgers.entry('1', { workspace: '43' });
      ledgers.posted(`tl-${line}-v1`, { project: CAPPED.id });
      return ledgers;
    };
    // 1,560.00 of at most 1,500.00.
    expect(refunded(6_000).verdict()).toMatchObject({ findings: [], money: { 'corrected-refund': 1 } });
    expect(refunded(5_999).rules()).toEqual(['cap-passed']);
  });

  it('takes it for no mistake of the platform that a credit is awaited where the ERP takes nothing below zero', () => {
    const ledgers = new Ledgers();
    const line = ledgers.entry('1');
    ledgers.posted(`tl-${line}-v1`);
    ledgers.billed('77', `tl-${line}-v1`, 1_560);
    ledgers.entry('1', { minutes: 60 });
    ledgers.openExceptions.set(line, 'to be credited');
    expect(ledgers.rules()).toEqual(['straight-through']);
    ledgers.negativeLines = false;
    expect(ledgers.verdict()).toMatchObject({ findings: [], money: { 'credit-awaited': 1 } });
    ledgers.openExceptions.clear();
    expect(ledgers.rules()).toEqual(expect.arrayContaining(['amount', 'content']));
  });
});
