import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createFirm } from '../../../../../sandbox/src/firm/create-firm.js';
import { basic, connectorMigrations } from '#connector';
import { Metrics } from '#service';
import { problemOf, testDatabase, testSandboxes, type TestDatabase, type TestSandboxes, type TestSandboxesOptions } from '#testing';
import { collected, hcmVendorContract, type ConnectOptions, type HcmWorld, type Hire } from '../hcm-vendor.contract.js';
import type { HcmVendor } from '../hcm-vendor.js';
import { WorkdayConfig } from './workday.config.js';
import { workerIdOf } from './workday.mapper.js';
import { workday } from './workday.vendor.js';
import { readCostRates, readFault, readGetWorkers } from './workday.wire.js';

const TENANT = 'larkfield';
const firm = createFirm();

/** A tenant of its own with the sample firm, and HR at its screens. */
class Tenant {
  database: TestDatabase;
  sandboxes: TestSandboxes;

  constructor(
    private readonly choices: NonNullable<TestSandboxesOptions['choices']>['workday'] = {},
    private readonly size = firm.consultants.length,
  ) {}

  async open(): Promise<void> {
    this.database = await testDatabase({ migrations: connectorMigrations });
    this.sandboxes = await testSandboxes({ vendors: ['workday'], choices: { workday: this.choices }, firm: { size: this.size } });
  }

  async close(): Promise<void> {
    await this.sandboxes.close();
    await this.database.close();
  }

  get #endpoint() {
    return this.sandboxes.endpoints.workday;
  }

  connect({ baseUrl, wrongCredentials, timeoutMs, today }: ConnectOptions = {}, over: Partial<WorkdayConfig> = {}): HcmVendor {
    const config: WorkdayConfig = {
      baseUrl: baseUrl ?? new URL(this.#endpoint.wsdl).origin,
      tenant: TENANT,
      version: 'v44.2',
      username: this.#endpoint.username,
      password: wrongCredentials ? 'not the password' : this.#endpoint.password,
      costRateReport: 'ISU_Integration/Cost_Rates',
      costRatePrompt: 'Worker!Employee_ID',
      companyType: 'COMPANY',
      costCentreType: 'COST_CENTER',
      extensions: [],
      manager: 'position',
      concurrency: 4,
      timeoutMs: timeoutMs ?? 20_000,
      pageSize: 25,
      ...over,
    };
    const now = today === undefined ? undefined : () => new Date(`${today}T00:10:00.000Z`);
    return workday.connect({ config, dataSource: this.database.dataSource, metrics: new Metrics(), history: { years: 1 }, now });
  }

  async enter(employeeNumber: string, entry: object): Promise<string> {
    const { headers } = await basic(this.#endpoint.username, this.#endpoint.password).authorize(AbortSignal.timeout(1_000));
    const url = `${new URL(this.#endpoint.wsdl).origin}/sandbox/workers/${employeeNumber}`;
    const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(entry) });
    if (response.status !== 201) throw new Error(`not entered: ${await response.text()}`);
    return ((await response.json()) as { id: string }).id;
  }
}

const tenant = new Tenant();
const workers = { vendor: 'workday', type: 'Get_Workers' } as const;
const costRates = { vendor: 'workday', type: 'Cost_Rates' } as const;

const world: HcmWorld = {
  get control() {
    return tenant.sandboxes.control;
  },
  reads: { workers, costRates },
  connect: options => tenant.connect(options),
  workerId: employeeNumber => workerIdOf(TENANT, employeeNumber),
  employees: () =>
    firm.consultants.map(({ employeeNumber, firstName, lastName, role, entity, skills, costRates }) => ({
      employeeNumber,
      name: `${firstName} ${lastName}`,
      role,
      legalEntity: entity,
      skills,
      costRates,
    })),
  hr: {
    hire: (id, effective, { legalEntity, ...hire }: Hire) =>
      tenant.enter(id, { type: 'Hire Employee', effective, change: { ...hire, entity: legalEntity, location: 'Leeds', managerId: '1002' } }),
    changeRole: (id, effective, role) => tenant.enter(id, { type: 'Change Job', effective, change: { role } }),
    correctRole: async (id, corrects, effective, role) => void (await tenant.enter(id, { corrects, effective, change: { role } })),
    rescind: async (id, rescinds) => void (await tenant.enter(id, { rescinds })),
    terminate: async (id, effective) => void (await tenant.enter(id, { type: 'Terminate Employee', effective })),
    beginLeave: async (id, effective, to) =>
      void (await tenant.enter(id, { type: 'Request Leave of Absence', effective, change: { leave: { type: 'Sabbatical', to } } })),
    endLeave: async (id, effective) => void (await tenant.enter(id, { type: 'Request Return from Leave of Absence', effective })),
    setCostRate: async (id, effective, costRate) =>
      void (await tenant.enter(id, { type: 'Request Compensation Change', effective, change: { costRate } })),
    setSkillsUnlogged: async (id, effective, skills) =>
      void (await tenant.enter(id, { type: 'Manage Skills', effective, change: { skills }, logged: false })),
  },
  open: () => tenant.open(),
  close: () => tenant.close(),
};

hcmVendorContract('Workday', world);

describe("Workday's refusals", () => {
  const small = new Tenant({}, 5);
  beforeAll(() => small.open());
  afterEach(() => small.sandboxes.control.clearFaults());
  afterAll(() => small.close());

  const says = (code: string, o: { message?: string; status?: number; times?: number } = {}) => {
    const { times, message = 'said so', status } = o;
    return small.sandboxes.control.planFault({
      match: { vendor: 'workday', type: 'Get_Workers' },
      action: { do: 'code', code, message, status },
      times,
    });
  };
  const read = async () => (await collected(small.connect().all())).flatMap(({ items }) => items).length;

  it.each([
    ['Server', 'Internal error'],
    ['Server.tooManyRequests', 'The number of requests exceeds what is allowed.'],
  ])('%s passes, so it is read again', async (code, message) => {
    await says(code, { message, times: 1 });
    expect(await read()).toBe(5);
  });

  it.each([
    ['authentication', 'said so', 'login-refused'],
    ['processing', 'The task submitted is not authorized.', 'not-authorised'],
    ['processing', 'It went wrong.', 'processing'],
    ['validation', 'said so', 'invalid-request'],
  ])('%s (%s) is told at once', async (code, message, ours) => {
    await says(code, { message });
    const problem = await problemOf(read());
    expect(problem).toMatchObject({ kind: 'refused-by-vendor', code: ours, retryable: false });
    if (code !== 'authentication') expect(problem.detail).toContain(message);
    expect((await small.sandboxes.control.faults())[0].delivered).toBe(1);
  });
});

describe('a Workday tenant', () => {
  const blind = new Tenant({ withheld: new Set(['Organization_Data', 'Skill_Data'] as const), whenReportIsEmpty: 'object' });
  beforeAll(() => blind.open());
  afterAll(() => blind.close());

  it('says which right is missing when a part of the data is left out in silence', async () => {
    const vendor = blind.connect();
    const missing = (await vendor.check()).filter(finding => !finding.ok);
    await vendor.close();
    expect(missing.map(finding => finding.what)).toEqual(['legal entities', 'cost centres', 'skills']);
    expect(missing[0].say).toMatch(/Organization Information.*WORKDAY_COMPANY_TYPE/);
  });

  it('leaves nobody out whose legal entity it may not see', async () => {
    const vendor = blind.connect();
    const pages = await collected(vendor.all());
    await vendor.close();
    expect(pages.flatMap(page => page.items).map(item => item.versions[0].legalEntity)).toEqual(firm.consultants.map(() => ''));
  });

  it('says that a report is missing, and does without when it is told to', async () => {
    const wrong = blind.connect({}, { costRateReport: 'ISU_Integration/Nothing' });
    expect((await wrong.check()).at(-1)).toMatchObject({ ok: false, say: expect.stringMatching(/cost-rate-report with 404/) });
    await wrong.close();
    const without = blind.connect({}, { costRateReport: 'none' });
    const [page] = await collected(without.all());
    await without.close();
    expect(page.items.every(item => item.costRates.length === 0)).toBe(true);
  });
});

describe('a Workday tenant that shows all', () => {
  const plain = new Tenant();
  beforeAll(() => plain.open());
  afterAll(() => plain.close());

  it('carries organisations along that configuration names', async () => {
    const vendor = plain.connect({}, { extensions: ['team=SUPERVISORY'] });
    const items = (await collected(vendor.all())).flatMap(page => page.items);
    await vendor.close();
    const one = firm.consultants.find(({ managerNumber }) => managerNumber !== null)!;
    expect(items.find(({ id }) => id === workerIdOf(TENANT, one.employeeNumber))!.versions[0].extensions).toEqual({
      team: `SUP-${one.managerNumber}`,
    });
  });

  it('reads nobody twice for one entry that overlapping readings show, unless the first was not taken', async () => {
    const vendor = plain.connect();
    const moment = new Date().toISOString();
    const transaction = await plain.enter('1008', { type: 'Change Job', effective: '2029-01-01', change: { role: 'ARCHITECT' } });
    const read = async () => (await collected(vendor.changed(moment))).flatMap(page => page.items.map(item => item.employeeNumber));
    for await (const page of vendor.changed(moment)) {
      expect(page.items.map(item => item.employeeNumber)).toEqual(['1008']);
      break;
    }
    expect([await read(), await read()]).toEqual([['1008'], []]);
    await plain.enter('1008', { rescinds: transaction });
    expect([await read(), await read()]).toEqual([['1008'], []]);
    await vendor.close();
  });

  it('shows the same managers by the position and by the management chain', async () => {
    const managers = async (manager: string) => {
      const vendor = plain.connect({}, { manager });
      const items = (await collected(vendor.all())).flatMap(page => page.items);
      await vendor.close();
      return items.map(({ id, versions }) => [id, versions.at(-1)!.managerId]);
    };
    const byPosition = await managers('position');
    expect(await managers('management-chain')).toEqual(byPosition);
    expect(new Map(byPosition as [string, string][]).get(workerIdOf(TENANT, '1004'))).toBe(workerIdOf(TENANT, firm.consultants[3].managerNumber!));
  });

  it('has no planned return for who should be back by now and is not', async () => {
    const late = firm.consultants.find(({ leave }) => leave.length === 1 && leave[0].to !== null)!;
    const [{ from, to, type }] = late.leave;
    const leaveAsOf = async (today: string) => {
      const vendor = plain.connect({ today });
      const items = (await collected(vendor.all())).flatMap(page => page.items);
      await vendor.close();
      return items.find(({ id }) => id === workerIdOf(TENANT, late.employeeNumber))!.leave;
    };
    expect(await leaveAsOf(from > '2026-11-21' ? from : '2026-11-22')).toEqual([{ from, to, type }]);
    expect(await leaveAsOf('2028-01-01')).toEqual([{ from, type }]);
  });

  it('is read as fast as few calls allow: pages of today and of a far day, the log, the report, and little more', async () => {
    const before = await plain.sandboxes.control.calls();
    const vendor = plain.connect({}, { pageSize: 100 });
    await collected(vendor.all());
    await vendor.close();
    const after = await plain.sandboxes.control.calls();
    const calls = (counted: typeof before) => Object.values(counted.workday).reduce((a, b) => a + b, 0);
    expect(calls(after) - calls(before)).toBeLessThan(20);
  });
});

describe('a larger Workday tenant', () => {
  const larger = new Tenant({}, 520);
  beforeAll(() => larger.open());
  afterAll(() => larger.close());

  it('is read in pages, and read again from the beginning when that was not finished', async () => {
    const vendor = larger.connect({}, { pageSize: 200 });
    const pages = await collected(vendor.changed(null));
    expect(pages.map(page => page.items.length)).toEqual([500, 20]);
    expect(pages.map(page => Number.isNaN(Date.parse(page.cursor)))).toEqual([true, false]);
    const again = await collected(vendor.changed(pages[0].cursor));
    expect(again.flatMap(page => page.items)).toEqual(pages.flatMap(page => page.items));
    expect((await collected(vendor.changed(pages[1].cursor))).flatMap(page => page.items)).toEqual([]);
    await vendor.close();
  });
});

describe('what Workday answers', () => {
  const answer = (inside: string) =>
    `<env:Envelope xmlns:env="http://schemas.xmlsoap.org/soap/envelope/"><env:Body><wd:Get_Workers_Response xmlns:wd="urn:com.workday/bsvc"><wd:Response_Results><wd:Total_Results>1</wd:Total_Results><wd:Total_Pages>1</wd:Total_Pages></wd:Response_Results><wd:Response_Data>${inside}</wd:Response_Data></wd:Get_Workers_Response></env:Body></env:Envelope>`;
  const reference = '<wd:Worker_Reference><wd:ID wd:type="WID">0a</wd:ID><wd:ID wd:type="Employee_ID">17</wd:ID></wd:Worker_Reference>';
  const worker = (data: string) => readGetWorkers(answer(`<wd:Worker>${reference}<wd:Worker_Data>${data}</wd:Worker_Data></wd:Worker>`)).workers[0];

  it('keeps the day of a date whatever its zone', () => {
    const status = (date: string) =>
      worker(`<wd:Employment_Data><wd:Worker_Status_Data><wd:Hire_Date>${date}</wd:Hire_Date></wd:Worker_Status_Data></wd:Employment_Data>`);
    for (const date of ['2026-03-01', '2026-03-01-08:00', '2026-03-01+14:00', '2026-03-01Z']) expect(status(date).hireDate).toBe('2026-03-01');
  });

  it('takes the direct manager from the end of the chain when the position names none', () => {
    const entry = (id: string) =>
      `<wd:Management_Chain_Data><wd:Manager_Reference><wd:ID wd:type="Employee_ID">${id}</wd:ID></wd:Manager_Reference></wd:Management_Chain_Data>`;
    const chain = `<wd:Management_Chain_Data><wd:Worker_Supervisory_Management_Chain_Data>${entry('1')}${entry('5')}</wd:Worker_Supervisory_Management_Chain_Data></wd:Management_Chain_Data>`;
    expect(worker(chain).managerId).toBe('5');
  });

  it('takes the primary job of several, and the work address of several', () => {
    const job = (primary: number, profile: string) =>
      `<wd:Worker_Job_Data wd:Primary_Job="${primary}"><wd:Position_Data><wd:Job_Profile_Summary_Data><wd:Job_Profile_Reference><wd:ID wd:type="Job_Profile_ID">${profile}</wd:ID></wd:Job_Profile_Reference></wd:Job_Profile_Summary_Data></wd:Position_Data></wd:Worker_Job_Data>`;
    const email = (usage: string) =>
      `<wd:Email_Address_Data><wd:Email_Address>${usage}@x.example</wd:Email_Address><wd:Usage_Data><wd:Type_Data><wd:Type_Reference><wd:ID wd:type="Communication_Usage_Type_ID">${usage}</wd:ID></wd:Type_Reference></wd:Type_Data></wd:Usage_Data></wd:Email_Address_Data>`;
    const read = worker(
      `<wd:Personal_Data><wd:Contact_Data>${email('HOME')}${email('WORK')}</wd:Contact_Data></wd:Personal_Data><wd:Employment_Data>${job(0, 'A')}${job(1, 'B')}</wd:Employment_Data>`,
    );
    expect([read.jobProfileId, read.workEmail]).toEqual(['B', 'WORK@x.example']);
  });

  it.each([
    ['its reference', '<wd:Worker><wd:Worker_Data/></wd:Worker>', ['WID present', 'Employee_ID present']],
    ['anything', '<wd:Worker/>', ['WID present', 'Employee_ID present']],
  ])('names what a worker without %s lacks, and reads the others', (_, bad, broken) => {
    const [first, second] = readGetWorkers(answer(`${bad}<wd:Worker>${reference}</wd:Worker>`)).workers;
    expect([first.broken.map(({ field, rule }) => `${field} ${rule}`), second.wid, second.broken]).toEqual([broken, '0a', []]);
  });

  const position = (inside: string) =>
    worker(`<wd:Employment_Data><wd:Worker_Job_Data><wd:Position_Data>${inside}</wd:Position_Data></wd:Worker_Job_Data></wd:Employment_Data>`);

  it.each([
    ['DE', 'DE-BY', { country: 'DE', region: 'DE-BY' }],
    ['DE', 'BY', { country: 'DE', region: 'DE-BY' }],
    ['DE', '', { country: 'DE', region: undefined }],
    ['QQ', 'QQ-1', { country: undefined, region: undefined }],
    ['', 'DE-BY', { country: undefined, region: undefined }],
  ])('reads where somebody works from the address of their location: %s, %s', (country, region, workplace) => {
    const id = (name: string, type: string, code: string) => (code === '' ? '' : `<wd:${name}><wd:ID wd:type="${type}">${code}</wd:ID></wd:${name}>`);
    const address = id('Country_Reference', 'ISO_3166-1_Alpha-2_Code', country) + id('Country_Region_Reference', 'ISO_3166-2_Code', region);
    const read = position(`<wd:Business_Site_Summary_Data><wd:Address_Data>${address}</wd:Address_Data></wd:Business_Site_Summary_Data>`);
    expect({ country: read.country, region: read.region }).toEqual(workplace);
  });

  it.each([
    ['<wd:Full_Time_Equivalent_Percentage>60</wd:Full_Time_Equivalent_Percentage><wd:Scheduled_Weekly_Hours>40</wd:Scheduled_Weekly_Hours>', '0.6'],
    ['<wd:Scheduled_Weekly_Hours>25</wd:Scheduled_Weekly_Hours><wd:Default_Weekly_Hours>37.5</wd:Default_Weekly_Hours>', '0.666667'],
    ['<wd:Scheduled_Weekly_Hours>25</wd:Scheduled_Weekly_Hours>', undefined],
    ['<wd:Scheduled_Weekly_Hours>25</wd:Scheduled_Weekly_Hours><wd:Default_Weekly_Hours>0</wd:Default_Weekly_Hours>', undefined],
    ['', undefined],
  ])('reads how much of full time a contract is: %s', (inside, share) => {
    expect(position(inside).fullTimeShare).toBe(share);
  });

  it('names a share of full time that is no number', () => {
    const { broken, fullTimeShare } = position('<wd:Full_Time_Equivalent_Percentage>half</wd:Full_Time_Equivalent_Percentage>');
    expect([broken, fullTimeShare]).toEqual([[{ field: 'Full_Time_Equivalent_Percentage', rule: 'amount' }], undefined]);
  });

  it('names a date of a worker that is none', () => {
    const read = worker(
      '<wd:Employment_Data><wd:Worker_Status_Data><wd:Hire_Date>2026-02-30</wd:Hire_Date></wd:Worker_Status_Data></wd:Employment_Data>',
    );
    expect(read.broken).toEqual([{ field: 'Hire_Date', rule: 'day' }]);
  });

  it('reads text with characters that XML reserves', () => {
    const name =
      '<wd:Personal_Data><wd:Name_Data><wd:Legal_Name_Data><wd:Name_Detail_Data wd:Formatted_Name="Zo&#235; &amp; &quot;Q&quot; O&#39;Neil"/></wd:Legal_Name_Data></wd:Name_Data></wd:Personal_Data>';
    expect(worker(name).name).toBe(`Zoë & "Q" O'Neil`);
  });

  it('tells faults apart by their detail, and is not taken in by pages', () => {
    const fault = (inside: string) =>
      `<SOAP-ENV:Envelope xmlns:SOAP-ENV="http://schemas.xmlsoap.org/soap/envelope/"><SOAP-ENV:Body><SOAP-ENV:Fault xmlns:wd="urn:com.workday/bsvc">${inside}</SOAP-ENV:Fault></SOAP-ENV:Body></SOAP-ENV:Envelope>`;
    const detail =
      '<detail><wd:Validation_Fault><wd:Validation_Error><wd:Message>a</wd:Message></wd:Validation_Error><wd:Validation_Error><wd:Detail_Message>b</wd:Detail_Message></wd:Validation_Error></wd:Validation_Fault></detail>';
    expect(readFault(fault(`<faultcode>SOAP-ENV:Client.validationError</faultcode><faultstring>x</faultstring>${detail}`))).toMatchObject({
      kind: 'validation',
      details: ['a', 'b'],
    });
    expect(
      readFault(fault('<faultcode>SOAP-ENV:Client.authenticationError</faultcode><faultstring>invalid username or password</faultstring>'))?.kind,
    ).toBe('authentication');
    expect(readFault(fault('<faultcode>SOAP-ENV:Server</faultcode><faultstring>busy</faultstring>'))).toMatchObject({
      kind: 'other',
      code: 'Server',
    });
    expect(readFault('<!DOCTYPE html><html></html>')).toBeUndefined();
  });

  it('takes an empty report in both its forms, numbers as text or not, and names what a row lacks, never what it holds', () => {
    expect([readCostRates({}), readCostRates({ Report_Entry: [] })]).toEqual([[], []]);
    const row = { Employee_ID: '1', Cost_Rate: 82.5, Currency: 'GBP', Effective_Date: '2026-07-01-07:00' };
    expect(readCostRates({ Report_Entry: [row] })).toEqual([{ employeeId: '1', amount: '82.5', currency: 'GBP', from: '2026-07-01', broken: [] }]);
    const broken = (over: object) => readCostRates({ Report_Entry: [{ ...row, ...over }] })[0].broken;
    expect(broken({ Currency: undefined })).toEqual([{ field: 'Currency', rule: 'present' }]);
    expect(broken({ Cost_Rate: '82,5', Effective_Date: 'soon' })).toEqual([
      { field: 'Cost_Rate', rule: 'amount' },
      { field: 'Effective_Date', rule: 'day' },
    ]);
  });
});
