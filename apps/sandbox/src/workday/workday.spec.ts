import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import soap from 'soap';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createFirm } from '../firm/create-firm.js';
import { Faults, Ledger, Store, VendorServer } from '../kit/index.js';
import { createWorkday, type WorkdayOptions } from './index.js';

const CREDENTIALS = { tenant: 'larkfield', username: 'ISU_Integration', password: 'a secret' };
const basic = `Basic ${Buffer.from('ISU_Integration:a secret').toString('base64')}`;
const firm = createFirm();

interface RunningTenant {
  server: VendorServer;
  faults: Faults;
  ledger: Ledger;
  url: string;
  /** A client of the npm package `soap`, made from the WSDL that the sandbox serves. */
  client: soap.Client & { Get_WorkersAsync(request: object): Promise<[Answer]> };
}

interface Reference {
  attributes: { 'wd:Descriptor'?: string };
  ID: { $value: string; attributes: { 'wd:type': string } }[];
}

interface Answer {
  attributes: Record<string, string>;
  Response_Filter?: Record<string, unknown>;
  Response_Group?: Record<string, unknown>;
  Response_Results: { Total_Results: string; Total_Pages: string; Page_Results: string; Page: string };
  Response_Data?: { Worker: { Worker_Reference: Reference; Worker_Data: Record<string, never> & WorkerData }[] };
}

interface WorkerData {
  Worker_ID: string;
  Personal_Data?: unknown;
  Employment_Data?: {
    Worker_Job_Data: { Position_Data: { Job_Profile_Summary_Data: { Job_Profile_Reference: Reference } } }[];
    Worker_Status_Data: {
      Active: unknown;
      Hire_Date: unknown;
      Termination_Date?: unknown;
      Hire_Rescinded: unknown;
      Leave_Status_Data?: { On_Leave: unknown; Estimated_Leave_End_Date?: unknown }[];
    };
  };
  Organization_Data?: {
    Worker_Organization_Data: { Organization_Data: { Organization_Reference_ID: string; Organization_Type_Reference: Reference } }[];
  };
  Skill_Data?: { Worker_Skill_Item: { Skill_Reference: Reference }[] };
  Transaction_Log_Entry_Data?: {
    Transaction_Log_Entry: {
      Transaction_Log_Data: { Transaction_Log_Description: string; Is_Rescind_Or_Rescinded: unknown; Is_Correction_Or_Corrected: unknown };
    }[];
  };
}

const directories: string[] = [];
const started: RunningTenant[] = [];

async function start(options: Partial<WorkdayOptions> = {}): Promise<RunningTenant> {
  const directory = mkdtempSync(join(tmpdir(), 'workday-'));
  directories.push(directory);
  const store = new Store(join(directory, 'workday.sqlite'));
  const ledger = new Ledger(store);
  const faults = new Faults();
  const server = new VendorServer(createWorkday(store, ledger, firm, { ...CREDENTIALS, ...options }), faults);
  const url = await server.listen(0);
  const client = await soap.createClientAsync(`${url}/ccx/service/larkfield/Human_Resources/v44.2?wsdl`);
  client.setSecurity(new soap.WSSecurity('ISU_Integration@larkfield', 'a secret', { mustUnderstand: true }));
  const one = { server, faults, ledger, url, client: client as RunningTenant['client'] };
  started.push(one);
  return one;
}

const VERSION = { attributes: { 'wd:version': 'v44.2' } };

async function enter(url: string, employeeId: string, entry: object): Promise<{ id: string; entered: string }> {
  const response = await fetch(`${url}/sandbox/workers/${employeeId}`, {
    method: 'POST',
    headers: { authorization: basic },
    body: JSON.stringify(entry),
  });
  if (response.status !== 201) throw new Error(`not entered: ${await response.text()}`);
  return (await response.json()) as { id: string; entered: string };
}

const post = (url: string, body: string, path = '/ccx/service/larkfield/Human_Resources/v44.2') =>
  fetch(`${url}${path}`, { method: 'POST', headers: { 'content-type': 'text/xml;charset=UTF-8', soapaction: '' }, body });

/** A request in an envelope, authenticated by default. */
function envelope(request: string, { username = 'ISU_Integration@larkfield', password = 'a secret', type = 'PasswordText' } = {}): string {
  return `<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns:bsvc="urn:com.workday/bsvc"><soapenv:Header><wsse:Security soapenv:mustUnderstand="1" xmlns:wsse="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"><wsse:UsernameToken><wsse:Username>${username}</wsse:Username><wsse:Password Type="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-username-token-profile-1.0#${type}">${password}</wsse:Password></wsse:UsernameToken></wsse:Security></soapenv:Header><soapenv:Body>${request}</soapenv:Body></soapenv:Envelope>`;
}

const all = (inside = '') => `<bsvc:Get_Workers_Request bsvc:version="v44.2">${inside}</bsvc:Get_Workers_Request>`;

const idOf = (reference: Reference, type: string) => reference.ID.find(id => id.attributes['wd:type'] === type)?.$value;

const employeesOf = (answer: Answer) => (answer.Response_Data?.Worker ?? []).map(worker => worker.Worker_Data.Worker_ID);

afterAll(async () => {
  await Promise.all(started.map(({ server }) => server.close()));
  for (const directory of directories) rmSync(directory, { recursive: true, force: true });
});

describe('Get_Workers through the npm soap client and the served WSDL', () => {
  let workday: RunningTenant;
  beforeAll(async () => {
    workday = await start({ now: () => new Date('2026-11-21T12:00:00Z') });
  });

  it('reads every worker once, page by page of one moment', async () => {
    const ids: string[] = [];
    const moment = '2026-11-21T12:00:00Z';
    for (let page = 1, pages = 1; page <= pages; page++) {
      const [answer] = await workday.client.Get_WorkersAsync({
        ...VERSION,
        Response_Filter: { As_Of_Effective_Date: '2027-06-01', As_Of_Entry_DateTime: moment, Page: page, Count: 25 },
      });
      pages = Number(answer.Response_Results.Total_Pages);
      expect(Number(answer.Response_Results.Page)).toBe(page);
      ids.push(...employeesOf(answer));
      expect(Number(answer.Response_Results.Page_Results)).toBe(employeesOf(answer).length);
    }
    expect(ids).toEqual(firm.consultants.map(one => one.employeeNumber));
  });

  it('answers a worker in the paths of the service, references with descriptor and typed ids', async () => {
    const consultant = firm.consultants.find(one => one.leave.length > 0 && one.leave[0].to !== null)!;
    const [answer] = await workday.client.Get_WorkersAsync({
      ...VERSION,
      Request_References: { Worker_Reference: [{ ID: { attributes: { 'wd:type': 'Employee_ID' }, $value: consultant.employeeNumber } }] },
      Response_Filter: { As_Of_Effective_Date: consultant.leave[0].from },
      Response_Group: { Include_Reference: true, Include_Employment_Information: true, Include_Organizations: true, Include_Skills: true },
    });
    expect(answer.Response_Data!.Worker).toHaveLength(1);
    const { Worker_Reference, Worker_Data } = answer.Response_Data!.Worker[0];
    expect(idOf(Worker_Reference, 'Employee_ID')).toBe(consultant.employeeNumber);
    expect(idOf(Worker_Reference, 'WID')).toMatch(/^[0-9a-f]{32}$/);
    expect(Worker_Reference.attributes['wd:Descriptor']).toBe(`${consultant.firstName} ${consultant.lastName} (${consultant.employeeNumber})`);
    const { Worker_Job_Data, Worker_Status_Data } = Worker_Data.Employment_Data!;
    expect(idOf(Worker_Job_Data[0].Position_Data.Job_Profile_Summary_Data.Job_Profile_Reference, 'Job_Profile_ID')).toBe(consultant.role);
    expect(Worker_Status_Data.Leave_Status_Data).toHaveLength(1);
    const organizations = Worker_Data.Organization_Data!.Worker_Organization_Data.map(({ Organization_Data }) => [
      idOf(Organization_Data.Organization_Type_Reference, 'Organization_Type_ID'),
      Organization_Data.Organization_Reference_ID,
    ]);
    expect(organizations).toContainEqual(['COMPANY', consultant.entity]);
    expect(organizations).toContainEqual(['COST_CENTER', consultant.costCentre]);
    expect(Worker_Data.Skill_Data!.Worker_Skill_Item.map(item => item.Skill_Reference.attributes['wd:Descriptor'])).toEqual(consultant.skills);
    expect(Worker_Data.Personal_Data).toBeUndefined();
    expect(Object.keys(answer.Response_Group!)).toEqual([
      'Include_Reference',
      'Include_Employment_Information',
      'Include_Organizations',
      'Include_Skills',
    ]);
  });

  it('reads as a delta everything entered between two moments, with its log entries', async () => {
    const own = await start();
    const { entered } = await enter(own.url, '1004', { type: 'Change Job', effective: '2027-02-01', change: { role: 'ARCHITECT', entity: 'LF-DE' } });
    const [answer] = await own.client.Get_WorkersAsync({
      ...VERSION,
      Request_Criteria: {
        Transaction_Log_Criteria_Data: [{ Transaction_Date_Range_Data: { Updated_From: entered, Updated_Through: new Date().toISOString() } }],
      },
      Response_Filter: { As_Of_Effective_Date: '2027-02-01' },
      Response_Group: { Include_Reference: true, Include_Employment_Information: true, Include_Transaction_Log_Data: true },
    });
    expect(employeesOf(answer)).toEqual(['1004']);
    const { Worker_Data } = answer.Response_Data!.Worker[0];
    expect(
      Worker_Data.Transaction_Log_Entry_Data!.Transaction_Log_Entry.map(entry => entry.Transaction_Log_Data.Transaction_Log_Description),
    ).toEqual(['Change Job: 1004']);
    expect(idOf(Worker_Data.Employment_Data!.Worker_Job_Data[0].Position_Data.Job_Profile_Summary_Data.Job_Profile_Reference, 'Job_Profile_ID')).toBe(
      'ARCHITECT',
    );
    const [before] = await own.client.Get_WorkersAsync({
      ...VERSION,
      Request_References: { Worker_Reference: [{ ID: { attributes: { 'wd:type': 'Employee_ID' }, $value: '1004' } }] },
      Response_Filter: { As_Of_Effective_Date: '2027-01-31' },
    });
    expect(
      idOf(
        before.Response_Data!.Worker[0].Worker_Data.Employment_Data!.Worker_Job_Data[0].Position_Data.Job_Profile_Summary_Data.Job_Profile_Reference,
        'Job_Profile_ID',
      ),
    ).toBe(firm.consultants[3].role);
    expect(own.ledger.rows()).toMatchObject([
      { operation: 'Change Job', type: 'Worker', externalId: '1004', before: { role: firm.consultants[3].role }, after: { role: 'ARCHITECT' } },
    ]);
  });

  it('is refused with a fault for a wrong password', async () => {
    const client = await soap.createClientAsync(`${workday.url}/ccx/service/larkfield/Human_Resources/v44.2?wsdl`);
    client.setSecurity(new soap.WSSecurity('ISU_Integration@larkfield', 'wrong'));
    await expect((client as RunningTenant['client']).Get_WorkersAsync(VERSION)).rejects.toThrow(/invalid username or password/);
  });
});

describe('Get_Workers on the wire', () => {
  let workday: RunningTenant;
  beforeAll(async () => {
    workday = await start({ now: () => new Date('2026-11-21T12:00:00Z') });
  });

  it('writes booleans as 1 and 0 and dates with a zone', async () => {
    const text = await (await post(workday.url, envelope(all()))).text();
    expect(text).toMatch(/<wd:Active>1<\/wd:Active>/);
    expect(text).toMatch(/<wd:Hire_Date>\d{4}-\d{2}-\d{2}-0[78]:00<\/wd:Hire_Date>/);
  });

  it('answers a default of 100 a page and at most 999, and takes page zero for a fault', async () => {
    const count = async (n: number) =>
      post(workday.url, envelope(all(`<bsvc:Response_Filter><bsvc:Page>1</bsvc:Page><bsvc:Count>${n}</bsvc:Count></bsvc:Response_Filter>`)));
    expect((await count(999)).status).toBe(200);
    for (const wrong of [0, 1000]) expect((await count(wrong)).status).toBe(500);
    const zero = await post(workday.url, envelope(all('<bsvc:Response_Filter><bsvc:Page>0</bsvc:Page></bsvc:Response_Filter>')));
    expect(zero.status).toBe(500);
    const fault = await zero.text();
    expect(fault).toContain('<SOAP-ENV:Fault');
    expect(fault).toContain('<faultcode>SOAP-ENV:Client.validationError</faultcode>');
    expect(fault).toContain('<wd:Validation_Error>');
  });

  it.each([
    ['another password', { password: 'wrong' }],
    ['a user of another tenant', { username: 'ISU_Integration@elsewhere' }],
    ['a user without a tenant', { username: 'ISU_Integration' }],
    ['a digest', { type: 'PasswordDigest' }],
  ])('refuses %s with a fault that has no detail', async (_, login) => {
    const response = await post(workday.url, envelope(all(), login));
    const text = await response.text();
    expect(response.status).toBe(500);
    expect(text).toContain(
      '<faultcode>SOAP-ENV:Client.authenticationError</faultcode><faultstring>invalid username or password</faultstring></SOAP-ENV:Fault>',
    );
  });

  it.each([
    [
      'an attribute without its namespace',
      all(
        '<bsvc:Request_References><bsvc:Worker_Reference><bsvc:ID type="Employee_ID">1001</bsvc:ID></bsvc:Worker_Reference></bsvc:Request_References>',
      ),
      /Attribute &#39;type&#39;/,
    ],
    ['an element without its namespace', '<Get_Workers_Request/>', /not an operation|not of urn/],
    [
      'an unknown worker',
      all(
        '<bsvc:Request_References><bsvc:Worker_Reference><bsvc:ID bsvc:type="Employee_ID">9</bsvc:ID></bsvc:Worker_Reference></bsvc:Request_References>',
      ),
      /Invalid ID value/,
    ],
    ['references together with criteria', all('<bsvc:Request_References/><bsvc:Request_Criteria/>'), /exclude each other/],
    [
      'a criterion that is not known',
      all('<bsvc:Request_Criteria><bsvc:Position_Reference/></bsvc:Request_Criteria>'),
      /Position_Reference is not known/,
    ],
    [
      'an unknown organisation',
      all(
        '<bsvc:Request_Criteria><bsvc:Organization_Reference><bsvc:ID bsvc:type="Organization_Reference_ID">NO</bsvc:ID></bsvc:Organization_Reference></bsvc:Request_Criteria>',
      ),
      /Invalid ID value/,
    ],
    ['another operation', '<bsvc:Get_Nothing_Request/>', /not an operation/],
    ['XML that is not well formed', '<bsvc:Get_Workers_Request>', /Invalid XML/],
  ])('refuses %s with a validation fault', async (_, request, message) => {
    const response = await post(workday.url, envelope(request));
    expect(response.status).toBe(500);
    const text = await response.text();
    expect(text).toContain('SOAP-ENV:Client.validationError');
    expect(text).toMatch(message);
  });

  it('skips unknown workers when the request says so, and names them', async () => {
    const references =
      '<bsvc:Request_References bsvc:Skip_Non_Existing_Instances="1">' +
      ['9', '1001'].map(id => `<bsvc:Worker_Reference><bsvc:ID bsvc:type="Employee_ID">${id}</bsvc:ID></bsvc:Worker_Reference>`).join('') +
      '</bsvc:Request_References>';
    const text = await (await post(workday.url, envelope(all(references)))).text();
    expect(text).toContain('<wd:Worker_ID>1001</wd:Worker_ID>');
    expect(text).toContain('<wd:Invalid_Reference_ID>9</wd:Invalid_Reference_ID>');
  });

  it('narrows by organisation, and excludes inactive workers only on request', async () => {
    const ids = async (criteria: string) =>
      [
        ...(await (await post(workday.url, envelope(all(`<bsvc:Request_Criteria>${criteria}</bsvc:Request_Criteria>`)))).text()).matchAll(
          /<wd:Worker_ID>(\d+)</g,
        ),
      ].map(match => match[1]);
    const employed = firm.consultants.filter(one => one.hiredOn <= '2026-11-21');
    expect(await ids('<bsvc:Exclude_Inactive_Workers>1</bsvc:Exclude_Inactive_Workers>')).toEqual(
      employed.filter(one => !one.terminatedOn).map(one => one.employeeNumber),
    );
    expect(await ids('<bsvc:Exclude_Inactive_Workers>0</bsvc:Exclude_Inactive_Workers>')).toEqual(employed.map(one => one.employeeNumber));
    expect(
      await ids('<bsvc:Organization_Reference><bsvc:ID bsvc:type="Organization_Reference_ID">LF-UK</bsvc:ID></bsvc:Organization_Reference>'),
    ).toEqual(employed.filter(one => one.entity === 'LF-UK').map(one => one.employeeNumber));
    expect(await ids('<bsvc:Exclude_Employees>true</bsvc:Exclude_Employees>')).toEqual([]);
  });

  it('shows a future hire only from its day on', async () => {
    const future = firm.consultants.find(one => one.hiredOn > '2026-11-21')!;
    const asOf = async (date: string) =>
      (
        await post(
          workday.url,
          envelope(all(`<bsvc:Response_Filter><bsvc:As_Of_Effective_Date>${date}</bsvc:As_Of_Effective_Date></bsvc:Response_Filter>`)),
        )
      ).text();
    expect(await asOf('2026-11-21')).not.toContain(`<wd:Worker_ID>${future.employeeNumber}<`);
    expect(await asOf(future.hiredOn)).toContain(`<wd:Worker_ID>${future.employeeNumber}<`);
  });

  it('silently omits data that the user has no right to, and refuses a task without the right to it', async () => {
    const blind = await start({ withheld: new Set(['Organization_Data'] as const) });
    const text = await (await post(blind.url, envelope(all()))).text();
    expect(text).toContain('<wd:Employment_Data>');
    expect(text).not.toContain('Organization_Data>');
    const barred = await start({ authorised: false });
    expect(await (await post(barred.url, envelope(all()))).text()).toContain('<wd:Processing_Fault>');
  });

  it('reports throttling, failures and downtime in its own ways', async () => {
    const own = await start();
    own.faults.plan({ match: { vendor: 'workday', type: 'Get_Workers' }, action: { do: 'throttle' }, nth: 1 });
    own.faults.plan({ match: { vendor: 'workday', type: 'Cost_Rates' }, action: { do: 'throttle' }, nth: 1 });
    own.faults.plan({ match: { vendor: 'workday', type: 'Get_Workers' }, action: { do: 'maintenance' }, nth: 2 });
    const throttled = await post(own.url, envelope(all()));
    expect([throttled.status, (await throttled.text()).includes('<SOAP-ENV:Fault')]).toEqual([500, true]);
    expect(
      (await fetch(`${own.url}/ccx/service/customreport2/larkfield/ISU_Integration/Cost_Rates?format=json`, { headers: { authorization: basic } }))
        .status,
    ).toBe(429);
    const down = await post(own.url, envelope(all()));
    expect([down.status, down.headers.get('content-type')]).toEqual([503, 'text/html;charset=UTF-8']);
    expect((await post(own.url, envelope(all()))).status).toBe(200);
  });
});

describe('transactions about a worker', () => {
  /** The service's data about one worker: an element's text, or null. */
  async function say(url: string, employeeId: string, name: string, filter: { date?: string; moment?: string } = {}): Promise<string | null> {
    const moment = filter.moment ? `<bsvc:As_Of_Entry_DateTime>${filter.moment}</bsvc:As_Of_Entry_DateTime>` : '';
    const date = filter.date ? `<bsvc:As_Of_Effective_Date>${filter.date}</bsvc:As_Of_Effective_Date>` : '';
    const reference = `<bsvc:Worker_Reference><bsvc:ID bsvc:type="Employee_ID">${employeeId}</bsvc:ID></bsvc:Worker_Reference>`;
    const request = all(
      `<bsvc:Request_References>${reference}</bsvc:Request_References><bsvc:Response_Filter>${date}${moment}</bsvc:Response_Filter>`,
    );
    return new RegExp(`<wd:${name}>([^<]*)</wd:${name}>`).exec(await (await post(url, envelope(request))).text())?.[1] ?? null;
  }

  it('takes effect on its day, counts as entered at its moment, can be corrected and rescinded', async () => {
    let clock = Date.parse('2026-11-21T12:00:00Z');
    const { url } = await start({ now: () => new Date((clock += 1000)) });
    const before = new Date(clock).toISOString();
    const change = await enter(url, '1006', { type: 'Change Job', effective: '2027-03-01', change: { location: 'Leeds' } });
    const at = (date: string, moment?: string) => say(url, '1006', 'Name', { date, moment });
    const old = await at('2027-02-28');
    expect(await at('2027-03-01')).toBe('Leeds');
    expect(await at('2027-03-01', before)).toBe(old);
    await enter(url, '1006', { corrects: change.id, effective: '2027-04-01', change: { location: 'London' } });
    expect([await at('2027-03-01'), await at('2027-04-01')]).toEqual([old, 'London']);
    await enter(url, '1006', { rescinds: change.id });
    expect(await at('2027-04-01')).toBe(old);
  });

  it('ends employment after the last day, and leave with the return rather than with the plan', async () => {
    const { url } = await start();
    await enter(url, '1010', { type: 'Terminate Employee', effective: '2027-01-31' });
    expect([await say(url, '1010', 'Active', { date: '2027-01-31' }), await say(url, '1010', 'Active', { date: '2027-02-01' })]).toEqual(['1', '0']);
    await enter(url, '1007', {
      type: 'Request Leave of Absence',
      effective: '2027-01-10',
      change: { leave: { type: 'Sabbatical', to: '2027-01-20' } },
    });
    expect(await say(url, '1007', 'On_Leave', { date: '2027-01-25' })).toBe('1');
    await enter(url, '1007', { type: 'Request Return from Leave of Absence', effective: '2027-01-22' });
    expect([await say(url, '1007', 'On_Leave', { date: '2027-01-21' }), await say(url, '1007', 'On_Leave', { date: '2027-01-25' })]).toEqual([
      '1',
      '0',
    ]);
  });

  it('marks a hire that was rescinded', async () => {
    const { url } = await start();
    const hire = await enter(url, '2001', {
      type: 'Hire Employee',
      effective: '2026-12-01',
      change: {
        firstName: 'New',
        lastName: 'Starter',
        email: 'n@larkfield.example',
        role: 'CONSULTANT',
        entity: 'LF-US',
        costCentre: 'CC-210',
        location: 'Boston',
        managerId: '1001',
        skills: ['Reporting'],
        costRate: '70.00',
      },
    });
    expect(await say(url, '2001', 'Hire_Rescinded', { date: '2026-12-01' })).toBe('0');
    await enter(url, '2001', { rescinds: hire.id });
    expect([await say(url, '2001', 'Hire_Rescinded', { date: '2026-12-01' }), await say(url, '2001', 'Active', { date: '2026-12-01' })]).toEqual([
      '1',
      '0',
    ]);
  });

  it('is refused with a reason when it makes no sense, and needs the password', async () => {
    const { url } = await start();
    const refused = async (id: string, entry: object) => {
      const response = await fetch(`${url}/sandbox/workers/${id}`, {
        method: 'POST',
        headers: { authorization: basic },
        body: JSON.stringify(entry),
      });
      return [response.status, ((await response.json()) as { error: string }).error];
    };
    expect(await refused('1001', { type: 'Promote', effective: '2027-01-01' })).toEqual([400, expect.stringContaining('type: one of')]);
    expect(await refused('1001', { type: 'Change Job', effective: 'soon' })).toEqual([400, expect.stringContaining('effective')]);
    expect(await refused('9999', { type: 'Change Job', effective: '2027-01-01' })).toEqual([400, 'no worker 9999']);
    expect(await refused('1001', { type: 'Hire Employee', effective: '2027-01-01' })).toEqual([400, '1001 is hired already']);
    expect((await fetch(`${url}/sandbox/workers/1001`)).status).toBe(401);
  });
});

describe('the report of cost rates', () => {
  const report = (url: string, query: string, authorization = basic) =>
    fetch(`${url}/ccx/service/customreport2/larkfield/ISU_Integration/Cost_Rates?${query}`, { headers: { authorization } });

  it('lists every rate by the day it starts, in the currency of the legal entity, all as strings', async () => {
    const { url } = await start();
    const { Report_Entry } = (await (await report(url, 'format=json')).json()) as { Report_Entry: Record<string, string>[] };
    const expected = firm.consultants.flatMap(one =>
      one.costRates.map(rate => ({
        Employee_ID: one.employeeNumber,
        Cost_Rate: rate.amount,
        Currency: firm.entities.find(({ code }) => code === one.entity)!.currency,
        Effective_Date: rate.from,
      })),
    );
    expect(Report_Entry).toEqual(expected);
  });

  it('takes prompts for days and workers, refuses one it does not have, and answers XML when JSON is not asked for', async () => {
    const { url } = await start();
    const rows = async (query: string) =>
      ((await (await report(url, `format=json&${query}`)).json()) as { Report_Entry: Record<string, string>[] }).Report_Entry;
    expect(new Set((await rows('Worker!Employee_ID=1001!1002')).map(row => row.Employee_ID))).toEqual(new Set(['1001', '1002']));
    expect((await rows('Effective_From=2027-01-01&Effective_Through=2027-01-01')).every(row => row.Effective_Date === '2027-01-01')).toBe(true);
    expect(await rows('Effective_From=2099-01-01')).toEqual([]);
    expect((await report(url, 'format=json&Region=EMEA')).status).toBe(400);
    expect(await (await report(url, 'Worker!Employee_ID=1001')).text()).toContain(
      '<wd:Report_Data xmlns:wd="urn:com.workday.report/Cost_Rates"><wd:Report_Entry><wd:Employee_ID>1001',
    );
  });

  it('requires the integration user by Basic authentication', async () => {
    const { url } = await start();
    expect((await report(url, 'format=json', `Basic ${Buffer.from('ISU_Integration:wrong').toString('base64')}`)).status).toBe(401);
    expect((await report(url, 'format=json', `Basic ${Buffer.from('ISU_Integration@larkfield:a secret').toString('base64')}`)).status).toBe(200);
  });
});

it('keeps its transactions, and its ledger, when the sandbox is restarted', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'workday-'));
  directories.push(directory);
  const open = async () => {
    const store = new Store(join(directory, 'workday.sqlite'));
    const ledger = new Ledger(store);
    const server = new VendorServer(createWorkday(store, ledger, firm, CREDENTIALS), new Faults());
    return { store, ledger, server, url: await server.listen(0) };
  };
  const first = await open();
  await enter(first.url, '1002', { type: 'Change Job', effective: '2026-11-01', change: { location: 'Edinburgh' } });
  const rows = first.ledger.rows();
  await first.server.close();
  first.store.close();
  const second = await open();
  expect(second.ledger.rows()).toEqual(rows);
  const response = await fetch(`${second.url}/sandbox/workers/1002`, { headers: { authorization: basic } });
  expect(((await response.json()) as { worker: { location: string } }).worker.location).toBe('Edinburgh');
  await second.server.close();
  second.store.close();
});
