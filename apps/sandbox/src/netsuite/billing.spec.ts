import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createFirm } from '../firm/create-firm.js';
import { aTime, code, detail, firm, pathOf, project, RunningAccount, strict, worker } from './running-account.fixture.js';

let account: RunningAccount;
beforeEach(async () => {
  account = new RunningAccount();
  await account.start();
});
afterEach(() => account.end());

const put = (type: string, externalId: string, body: object) => account.call('PUT', `/record/v1/${type}/eid:${externalId}`, body, strict);
const patch = (type: string, externalId: string, body: object) => account.call('PATCH', `/record/v1/${type}/eid:${externalId}`, body, strict);
const get = async (type: string, key: string) => (await account.call('GET', `/record/v1/${type}/${key}?expandSubResources=true`)).body;
const post = (path: string, body: object = {}) => account.call('POST', `/record/v1/${path}`, body, strict);
const idOf = async (type: string, externalId: string): Promise<string> => (await get(type, `eid:${externalId}`)).id;
const closedProject = firm.projects.find(({ closedOn }) => closedOn !== null)!;

const aCharge = (changes: object = {}) => ({
  billTo: { externalId: project.id },
  chargeDate: '2026-11-16',
  chargeType: -19,
  stage: 'READY_FOR_BILLING',
  billingItem: { externalId: worker.role },
  quantity: 1,
  rate: 120.5,
  serviceStartDate: '2026-06-16',
  ...changes,
});
const anExpense = (changes: object = {}, line: object = {}) => ({
  entity: { externalId: worker.employeeNumber },
  tranDate: '2026-11-16',
  supervisorapproval: true,
  accountingapproval: true,
  expense: {
    items: [
      {
        expensedate: '2026-06-16',
        category: { externalId: 'LODGING' },
        amount: 210.4,
        customer: { externalId: project.id },
        isBillable: true,
        ...line,
      },
    ],
  },
  ...changes,
});

describe('time', () => {
  it.each([
    ['7:30', '7:30', '7.5'],
    ['7.5', '7:30', '7.5'],
    ['6:90', '7:30', '7.5'],
    ['0:20', '0:20', '0.3333333333333333'],
  ])('takes %s hours and reads them back as %s', async (hours, readBack, decimal) => {
    expect((await put('timeBill', 'tl-1-v1', aTime('tl-1-v1', { hours }))).status).toBe(204);
    expect((await get('timeBill', 'eid:tl-1-v1')).hours).toBe(readBack);
    expect((await account.query('SELECT hours FROM timebill')).body.items[0].hours).toBe(decimal);
  });

  it.each(['', 'half a day', '1:2:3', '-', '99999'])('refuses %j as hours', async hours => {
    const answer = await put('timeBill', 'tl-1-v1', aTime('tl-1-v1', { hours }));
    expect([answer.status, pathOf(answer)]).toEqual([400, 'hours']);
  });

  it('keeps a locked rate and uses the item’s rate otherwise', async () => {
    const item = await idOf('serviceSaleItem', worker.role);
    await account.call('PATCH', `/record/v1/serviceSaleItem/${item}`, { rate: 99 });
    await put('timeBill', 'tl-1-v1', aTime('tl-1-v1'));
    await put('timeBill', 'tl-2-v1', aTime('tl-2-v1', { overrideRate: false, price: { id: '1' } }));
    expect([(await get('timeBill', 'eid:tl-1-v1')).rate, (await get('timeBill', 'eid:tl-2-v1')).rate]).toEqual([150.55, 99]);
  });

  it.each([
    ['an employee that is not there', { employee: { externalId: 'nobody' } }, 'INVALID_CONTENT', 'employee'],
    ['a project that is not there', { customer: { externalId: 'prj_nothing' } }, 'INVALID_CONTENT', 'customer'],
    ['a project that takes no time', { customer: { externalId: closedProject.id }, caseTaskEvent: null }, 'USER_ERROR', 'customer'],
    ['another project’s task', { caseTaskEvent: { externalId: closedProject.tasks[0].id } }, 'USER_ERROR', 'caseTaskEvent'],
    ['a project with no item', { item: null }, 'USER_ERROR', 'item'],
    ['negative hours', { hours: '-7:30' }, 'USER_ERROR', 'hours'],
    ['a field that is not there', { tranDat: '2026-11-16' }, 'INVALID_CONTENT', 'tranDat'],
  ])('refuses %s', async (_, change, refusal, path) => {
    const answer = await put('timeBill', 'tl-1-v1', aTime('tl-1-v1', change));
    expect([answer.status, code(answer), pathOf(answer)]).toEqual([400, refusal, path]);
    expect((await account.query('SELECT COUNT(*) AS n FROM timebill')).body.items[0].n).toBe('0');
  });

  it('of a project that limits it to assignees is taken from them only', async () => {
    await patch('job', project.id, { limitTimeToAssignees: true });
    const refused = await put('timeBill', 'tl-1-v1', aTime('tl-1-v1'));
    expect(detail(refused)).toBe(`You have entered an Invalid Field Value ${await idOf('job', project.id)} for the following field: customer.`);
    await patch('projectTask', project.tasks[0].id, { assignee: { items: [{ resource: { externalId: worker.employeeNumber } }] } });
    expect((await put('timeBill', 'tl-1-v1', aTime('tl-1-v1'))).status).toBe(204);
  });

  it('may be negative where the account is switched so', async () => {
    await account.restart({ negativeTime: true });
    expect((await put('timeBill', 'tl-1-v1-r', aTime('tl-1-v1-r', { hours: '-7:30' }))).status).toBe(204);
    expect((await get('timeBill', 'eid:tl-1-v1-r')).hours).toBe('-7:30');
    expect((await put('charge', 'tl-2-v1-r', aCharge({ quantity: -1 }))).status).toBe(204);
    expect((await get('charge', 'eid:tl-2-v1-r')).amount).toBe(-120.5);
  });

  it('that is posted can be neither edited nor deleted until the posting is voided', async () => {
    await put('timeBill', 'tl-1-v1', aTime('tl-1-v1'));
    expect((await fetch(`${account.baseUrl}/sandbox/finance/time/eid:tl-1-v1/post`, { method: 'POST' })).status).toBe(204);
    expect((await account.query('SELECT posted FROM timebill')).body.items[0].posted).toBe('T');
    const answers = [await patch('timeBill', 'tl-1-v1', { memo: 'x' }), await account.call('DELETE', '/record/v1/timeBill/eid:tl-1-v1')];
    expect(answers.map(answer => [answer.status, code(answer)])).toEqual([
      [400, 'USER_ERROR'],
      [400, 'USER_ERROR'],
    ]);
    await fetch(`${account.baseUrl}/sandbox/finance/time/eid:tl-1-v1/void-post`, { method: 'POST' });
    expect((await account.call('DELETE', '/record/v1/timeBill/eid:tl-1-v1')).status).toBe(204);
  });

  it('takes its unbilled charges with it when it is deleted or changed', async () => {
    await put('timeBill', 'tl-1-v1', aTime('tl-1-v1'));
    await put('charge', 'chg-1', aCharge({ timeRecord: { externalId: 'tl-1-v1' } }));
    await patch('timeBill', 'tl-1-v1', { hours: '6:00' });
    expect((await account.call('GET', '/record/v1/charge/eid:chg-1')).status).toBe(404);
    await put('charge', 'chg-2', aCharge({ timeRecord: { externalId: 'tl-1-v1' } }));
    expect((await account.call('DELETE', '/record/v1/timeBill/eid:tl-1-v1')).status).toBe(204);
    expect((await account.call('GET', '/record/v1/charge/eid:chg-2')).status).toBe(404);
  });

  it('belongs to timesheets, which are made and approved but not updated', async () => {
    const sheet = { employee: { externalId: worker.employeeNumber }, startDate: '2026-11-16' };
    await put('timeSheet', 'tsh-1', sheet);
    expect(await get('timeSheet', 'eid:tsh-1')).toMatchObject({ endDate: '2026-11-22', approvalStatus: { id: '1', refName: 'Open' } });
    expect(code(await put('timeSheet', 'tsh-1', sheet))).toBe('USER_ERROR');
    const approved = await account.call('POST', `/record/v1/timeSheet/eid:tsh-1/@approve`);
    expect([approved.status, approved.body]).toEqual([200, { result: true }]);
    expect((await get('timeSheet', 'eid:tsh-1')).approvalStatus.refName).toBe('Approved');
  });
});

describe('charges', () => {
  it('count their amount from quantity and rate, half up at the cent, in the project’s currency', async () => {
    await put('charge', 'chg-1', aCharge({ quantity: 0.5, rate: 0.01 }));
    await put('charge', 'chg-2', aCharge({ amount: 99.99 }));
    expect(await get('charge', 'eid:chg-1')).toMatchObject({ amount: 0.01, currency: { id: expect.any(String) }, chargeType: { id: '-19' } });
    expect((await get('charge', 'eid:chg-2')).amount).toBe(99.99);
    expect((await account.query("SELECT amount, rate FROM charge WHERE externalid = 'chg-1'")).body.items).toMatchObject([
      { amount: '0.01', rate: '0.01' },
    ]);
  });

  it.each([
    ['HUF', 12.345, 12.35],
    ['IQD', 12.3455, 12.346],
    ['XOF', 99.99, 100],
  ])('are rounded at the decimals that ISO 4217 has for %s', async (symbol, rate, amount) => {
    await put('currency', symbol, { name: symbol, symbol });
    await put('charge', 'chg-1', aCharge({ quantity: 1, rate, currency: { id: await idOf('currency', symbol) } }));
    expect((await get('charge', 'eid:chg-1')).amount).toBe(amount);
  });

  it('refuse a negative quantity and a day in a closed or locked period', async () => {
    expect(pathOf(await put('charge', 'chg-1', aCharge({ quantity: -1 })))).toBe('quantity');
    const closed = await put('charge', 'chg-1', aCharge({ chargeDate: '2026-06-16' }));
    expect([closed.status, code(closed), pathOf(closed), detail(closed)]).toEqual([
      400,
      'USER_ERROR',
      'chargeDate',
      expect.stringMatching(/Jun 2026 is closed/),
    ]);
  });
});

describe('expense reports', () => {
  it('keep their lines and total, in the subsidiary’s currency', async () => {
    expect((await put('expenseReport', 'tl-1-v1', anExpense())).status).toBe(204);
    expect(await get('expenseReport', 'eid:tl-1-v1')).toMatchObject({
      tranId: expect.stringMatching(/^EXP/),
      total: 210.4,
      status: { id: 'F', refName: 'Approved by Accounting' },
      postingPeriod: { refName: 'Nov 2026' },
      expense: { items: [{ category: { refName: 'Lodging' }, amount: 210.4, customer: { refName: project.name } }] },
    });
  });

  it('sent again get their lines once more, unless the lines have numbers or are to be replaced', async () => {
    const total = async () => (await get('expenseReport', 'eid:tl-1-v1')).total;
    await put('expenseReport', 'tl-1-v1', anExpense());
    await put('expenseReport', 'tl-1-v1', anExpense({}, { line: 1 }));
    await account.call('PUT', '/record/v1/expenseReport/eid:tl-1-v1?replace=expense', anExpense(), strict);
    expect(await total()).toBe(210.4);
    await put('expenseReport', 'tl-1-v1', anExpense());
    expect(await total()).toBe(420.8);
  });

  it('compute the amount from the amount spent in another currency, or from quantity and rate where the category requires it', async () => {
    await put('expenseReport', 'tl-1-v1', anExpense({}, { amount: null, foreignamount: 100.1, exchangerate: 1.175 }));
    expect((await get('expenseReport', 'eid:tl-1-v1')).total).toBe(117.62);
    await patch('expenseCategory', 'MILEAGE', { rateRequired: true });
    const mileage = { category: { externalId: 'MILEAGE' } };
    expect(detail(await put('expenseReport', 'tl-2-v1', anExpense({}, { ...mileage, quantity: 33 })))).toMatch(/Please enter value\(s\) for: Rate/);
    await put('expenseReport', 'tl-2-v1', anExpense({}, { ...mileage, quantity: 33, rate: 0.455 }));
    expect((await get('expenseReport', 'eid:tl-2-v1')).total).toBe(15.02);
  });

  it.each([
    ['with no lines', anExpense({ expense: { items: [] } }), 'expense'],
    ['on a project that takes no expenses', anExpense({}, { customer: { externalId: closedProject.id } }), 'expense.items[0]'],
    ['of a closed period', anExpense({ tranDate: '2026-06-16' }), 'tranDate'],
    ['of a negative amount', anExpense({}, { amount: -1 }), 'expense.items[0]'],
  ])('%s are refused', async (_, body, path) => {
    const answer = await put('expenseReport', 'tl-1-v1', body);
    expect([answer.status, code(answer), pathOf(answer)]).toEqual([400, 'USER_ERROR', path]);
  });

  it('answer for a missing one in a transaction’s words', async () => {
    const answer = await account.call('GET', '/record/v1/expenseReport/eid:nothing');
    expect([answer.status, code(answer), detail(answer)]).toEqual([
      400,
      'USER_ERROR',
      'Error while accessing a resource. Transaction type specified is incorrect.',
    ]);
  });
});

describe('invoices', () => {
  /** One line of time, one expense, one charge: 1129.13, 210.40 and 120.50. */
  async function billable(): Promise<void> {
    await put('timeBill', 'tl-1-v1', aTime('tl-1-v1'));
    await put('expenseReport', 'tl-2-v1', anExpense());
    await put('charge', 'tl-3-v1', aCharge());
  }
  async function invoiced(changes: object = {}): Promise<string> {
    const answer = await post(`job/eid:${project.id}/!transform/invoice`, {
      tranDate: '2026-11-20',
      whichChargesToAdd: 'ALL',
      time: { items: [{ doc: { externalId: 'tl-1-v1' }, apply: true }] },
      expCost: { items: [{ doc: { externalId: 'tl-2-v1' }, line: 1, apply: true }] },
      ...changes,
    });
    expect([answer.status, answer.body]).toEqual([204, undefined]);
    return answer.headers.get('location')!.split('/').at(-1)!;
  }
  const percent = Number(
    firm.taxCodes.find(({ entity, customerCountry }) => entity === project.entity && customerCountry === countryOf())!.ratePercent,
  );
  function countryOf(): string {
    return firm.customers.find(({ number }) => number === project.customerNumber)!.country;
  }
  const tax = (amount: number) => Math.round(amount * percent) / 100;

  it('offer all that can be billed of a project, and save nothing', async () => {
    await billable();
    await put('timeBill', 'tl-9-v1', aTime('tl-9-v1', { isBillable: false }));
    const form = await account.call(
      'POST',
      `/record/v1/job/eid:${project.id}/!transform/invoice`,
      {},
      { accept: 'application/vnd.oracle.resource+json; type=create-form' },
    );
    expect(form.body.time.items).toMatchObject([{ apply: false, amount: 1129.13, doc: { id: await idOf('timeBill', 'tl-1-v1') } }]);
    expect(form.body.expCost.items).toMatchObject([{ apply: false, amount: 210.4 }]);
    expect((await account.query("SELECT COUNT(*) AS n FROM transaction WHERE type = 'CustInvc'")).body.items[0].n).toBe('0');
  });

  it('take over time, expenses and charges, with the project’s tax, each once', async () => {
    await billable();
    const id = await invoiced();
    const subtotal = 1129.13 + 210.4 + 120.5;
    const taxTotal = tax(1129.13) + tax(210.4) + tax(120.5);
    const invoice = await get('invoice', id);
    expect(invoice).toMatchObject({
      tranId: `INV${id}`,
      status: { id: 'A', refName: 'Open' },
      job: { refName: project.name },
      time: { items: [{ apply: true, quantity: 7.5, rate: 150.55, amount: 1129.13 }] },
      expCost: { items: [{ amount: 210.4 }] },
      item: { items: [{ amount: 120.5, charge: { id: expect.any(String) } }] },
      amountPaid: 0,
    });
    expect([invoice.subtotal, invoice.taxTotal, invoice.amountRemaining]).toEqual([
      expect.closeTo(subtotal, 6),
      expect.closeTo(taxTotal, 6),
      expect.closeTo(subtotal + taxTotal, 6),
    ]);
    expect(await get('charge', 'eid:tl-3-v1')).toMatchObject({ invoice: { id, refName: `INV${id}` }, invoiceLine: 1 });
    const again = await post(`job/eid:${project.id}/!transform/invoice`, { time: { items: [{ doc: { externalId: 'tl-1-v1' }, apply: true }] } });
    expect([again.status, code(again)]).toEqual([400, 'USER_ERROR']);
  });

  it('protect their lines from changes', async () => {
    await billable();
    await invoiced();
    const answers = await Promise.all([
      patch('timeBill', 'tl-1-v1', { hours: '6:00' }),
      account.call('DELETE', '/record/v1/timeBill/eid:tl-1-v1'),
      account.call('DELETE', '/record/v1/expenseReport/eid:tl-2-v1'),
      account.call('DELETE', '/record/v1/charge/eid:tl-3-v1'),
    ]);
    expect(answers.map(answer => [answer.status, code(answer)])).toEqual(answers.map(() => [400, 'USER_ERROR']));
    expect(detail(answers[1])).toMatch(/already been billed/);
  });

  it('can be made without a transform, of named charges', async () => {
    await put('charge', 'tl-3-v1', aCharge());
    await put('charge', 'tl-4-v1', aCharge());
    const answer = await post('invoice', {
      job: { externalId: project.id },
      externalId: 'inv-1',
      item: { items: [{ charge: { externalId: 'tl-4-v1' } }] },
    });
    expect(answer.status).toBe(204);
    expect((await get('charge', 'eid:tl-3-v1')).invoice).toBeUndefined();
    expect((await get('invoice', 'eid:inv-1')).subtotal).toBe(120.5);
  });

  it('need a line and an open period', async () => {
    expect(detail(await post(`job/eid:${project.id}/!transform/invoice`))).toBe('You must enter at least one line item for this transaction.');
    await billable();
    const closed = await post(`job/eid:${project.id}/!transform/invoice`, { tranDate: '2026-06-30', whichChargesToAdd: 'ALL' });
    expect([code(closed), pathOf(closed)]).toEqual(['USER_ERROR', 'tranDate']);
  });

  it('are paid in part and in full', async () => {
    await billable();
    const id = await invoiced();
    const { total } = await get('invoice', id);
    expect((await post(`invoice/${id}/!transform/customerPayment`, { payment: 1000 })).status).toBe(204);
    expect(await get('invoice', id)).toMatchObject({ amountPaid: 1000, status: { id: 'A' } });
    const paid = await post(`invoice/${id}/!transform/customerPayment`);
    expect(paid.status).toBe(204);
    expect(await get('invoice', id)).toMatchObject({ amountPaid: total, amountRemaining: 0, status: { id: 'B', refName: 'Paid In Full' } });
    const { body } = await account.query(
      `SELECT type, foreigntotal, foreignamountunpaid, status, BUILTIN.DF(entity) AS customer FROM transaction WHERE id = ${id}`,
    );
    const customer = firm.customers.find(({ number }) => number === project.customerNumber)!;
    expect(body.items).toEqual([
      { links: [], type: 'CustInvc', foreigntotal: String(total), foreignamountunpaid: '0', status: 'B', customer: customer.name },
    ]);
  });

  it('are credited whole, or a line of them', async () => {
    await billable();
    const id = await invoiced();
    const { total } = await get('invoice', id);
    const role = { externalId: worker.role };
    const line = { item: role, quantity: 1, rate: 100, job: { externalId: project.id } };
    const part = await post(`invoice/${id}/!transform/creditMemo`, { externalId: 'cm-1', item: { items: [line] } });
    expect(part.status).toBe(204);
    expect(await get('creditMemo', 'eid:cm-1')).toMatchObject({ subtotal: 100, createdFrom: { id }, status: { id: 'B' } });
    expect((await get('invoice', id)).amountRemaining).toBeCloseTo(total - 100 - tax(100), 6);
    const other = await invoicedAgain();
    await post(`invoice/${other}/!transform/creditMemo`, { externalId: 'cm-2' });
    expect(await get('invoice', other)).toMatchObject({ amountRemaining: 0, status: { id: 'B' } });
    expect((await get('charge', 'eid:tl-5-v1')).creditMemo.id).toBe(await idOf('creditMemo', 'cm-2'));
  });
  async function invoicedAgain(): Promise<string> {
    await put('charge', 'tl-5-v1', aCharge());
    const answer = await post(`job/eid:${project.id}/!transform/invoice`, { whichChargesToAdd: { id: 'ALL' } });
    return answer.headers.get('location')!.split('/').at(-1)!;
  }

  it('that finance voids owe nothing, and their lines can be billed again', async () => {
    await billable();
    const id = await invoiced();
    expect((await fetch(`${account.baseUrl}/sandbox/finance/invoices/${id}/void`, { method: 'POST' })).status).toBe(204);
    expect(await get('invoice', id)).toMatchObject({ status: { id: 'V', refName: 'Voided' }, total: 0, amountRemaining: 0 });
    expect((await get('charge', 'eid:tl-3-v1')).invoice).toBeUndefined();
    expect((await account.call('DELETE', '/record/v1/timeBill/eid:tl-1-v1')).status).toBe(204);
    expect((await fetch(`${account.baseUrl}/sandbox/finance/invoices/${id}/void`, { method: 'POST' })).status).toBe(400);
  });

  it('show as lines to SuiteQL, the earned ones as credits', async () => {
    await billable();
    const id = await invoiced();
    const { body } = await account.query(
      `SELECT l.mainline, l.foreignamount, t.tranid FROM transaction t INNER JOIN transactionline l ON l.transaction = t.id WHERE t.id = ${id} ORDER BY l.uniquekey`,
    );
    const { total } = await get('invoice', id);
    expect(body.items.map((line: { mainline: string; foreignamount: string }) => [line.mainline, line.foreignamount])).toEqual([
      ['T', String(total)],
      ['F', '-120.5'],
      ['F', '-1129.13'],
      ['F', '-210.4'],
    ]);
  });
});

describe('the books', () => {
  it('are open from three months before the day the firm is set up as of, and a month can be closed', async () => {
    const open = async () =>
      (
        await account.query(
          "SELECT periodname FROM accountingperiod WHERE isyear = 'F' AND isquarter = 'F' AND isadjust = 'F' AND closed = 'F' AND arlocked = 'F' ORDER BY startdate",
        )
      ).body.items.map(({ periodname }: { periodname: string }) => periodname);
    expect((await open()).slice(0, 4)).toEqual(['Aug 2026', 'Sep 2026', 'Oct 2026', 'Nov 2026']);
    const { body } = await account.query("SELECT id FROM accountingperiod WHERE periodname = 'Aug 2026'");
    await account.call('PATCH', `/record/v1/accountingPeriod/${body.items[0].id}`, { closed: true });
    expect((await open())[0]).toBe('Sep 2026');
    await account.call('PATCH', `/record/v1/accountingPeriod/${Number(body.items[0].id) + 1}`, { arLocked: true });
    expect(detail(await put('charge', 'chg-1', aCharge({ chargeDate: '2026-09-16' })))).toMatch(/Sep 2026 is locked/);
  });

  it('know what currencies are worth, month by month, and only ever learn more', async () => {
    const { body } = await account.query(
      `SELECT BUILTIN.DF(basecurrency) AS base, BUILTIN.DF(transactioncurrency) AS other, TO_CHAR(effectivedate, 'YYYY-MM-DD') AS day, exchangerate
       FROM currencyrate WHERE effectivedate = TO_DATE('2026-11-01', 'YYYY-MM-DD')`,
    );
    // Five currencies, each pair both ways.
    expect(body.count).toBe(20);
    const [usd, gbp] = await Promise.all(['USD', 'GBP'].map(symbol => idOf('currency', symbol)));
    const rate = { baseCurrency: { id: usd }, transactionCurrency: { id: gbp }, effectiveDate: '2026-11-17', exchangeRate: 1.31 };
    const added = await post('currencyRate', rate);
    expect(added.status).toBe(204);
    const path = `/record/v1/currencyRate/${added.headers.get('location')!.split('/').at(-1)}`;
    expect([(await account.call('PATCH', path, { exchangeRate: 2 })).status, (await account.call('DELETE', path)).status]).toEqual([405, 405]);
  });

  it('have a category for everything that has one in the firm', async () => {
    const { body } = await account.query("SELECT externalid FROM expensecategory WHERE isinactive = 'F'");
    const known = body.items.map(({ externalid }: { externalid: string }) => externalid);
    expect(known).toEqual(expect.arrayContaining(firm.expenseCategories.flatMap(({ erpCode }) => (erpCode === null ? [] : [erpCode]))));
  });

  it('know the running projects by the ids that were given to them', async () => {
    const { body } = await account.query('SELECT externalid, custentity_not_to_exceed AS cap FROM job ORDER BY id');
    expect(body.items.map(({ externalid, cap }: { externalid: string; cap?: string }) => [externalid, cap ?? null])).toEqual(
      firm.projects.map(({ id, notToExceed }) => [id, notToExceed === null ? null : String(Number(notToExceed))]),
    );
  });
});

describe('the account of a firm that has worked before', () => {
  it('has an open and a paid invoice for each project by time, with its payment, and without history', async () => {
    const { projects } = createFirm();
    const byTime = projects.filter(({ billingMethod, closedOn, notToExceed }) => billingMethod === 'T&M' && !closedOn && !notToExceed);
    const worked = new RunningAccount();
    await worked.start({}, createFirm({ approvedLines: 120 }));
    try {
      const { items } = (
        await worked.query(
          "SELECT t.id, t.foreigntotal AS total, t.foreignamountunpaid AS unpaid FROM transaction t WHERE t.type = 'CustInvc' ORDER BY t.id",
        )
      ).body;
      expect(items).toHaveLength(byTime.length * 2);
      expect(items.map(({ unpaid }: { unpaid: string }) => Number(unpaid) > 0)).toEqual(byTime.flatMap(() => [false, true]));
      expect((await worked.query("SELECT COUNT(*) AS n FROM transaction t WHERE t.type = 'CustPymt'")).body.items[0].n).toBe(String(byTime.length));
      expect(worked.ledger.rows().length).toBe(0);
    } finally {
      await worked.end();
    }
  });
});
