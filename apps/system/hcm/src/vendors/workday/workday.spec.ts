import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { HCM_ABILITIES } from '#apis/hcm';
import { problemOf } from '#testing';
import { collected, type HcmWorld, type Hire } from '../port/bench.fixture.js';
import { hcmConformance } from '../port/hcm.conformance.js';
import type { WorkdayConfig } from './workday.config.js';
import { firm, Tenant, TENANT, WRONG_PASSWORD } from './workday.fixture.js';
import { workerIdOf } from './workday.references.js';
import { readFault } from './workday.wire.js';

const NONSENSE: HcmWorld['nonsense'] = [
  ['an HTML page', '<!DOCTYPE html><html><body>We are improving our service</body></html>', 'text/html'],
  ['half an answer', '<?xml version="1.0"?><env:Envelope xmlns:env="http://schemas.xmlsoap.org/soap/envelope/"><env:Body><wd:Get_Wor', 'text/xml'],
  ['something else', '<answer>42</answer>', 'text/xml'],
  ['nothing', '', 'text/xml'],
];

/** A tenant, its report of cost rates used or not. */
const worldOf = (abilities: HcmWorld['abilities'], over: Partial<WorkdayConfig> = {}): HcmWorld => {
  const tenant = new Tenant();
  return {
    abilities,
    get control() {
      return tenant.sandboxes.control;
    },
    reads: {
      workers: { vendor: 'workday', type: 'Get_Workers' },
      ...(abilities.includes('cost-rates') ? { costRates: { vendor: 'workday', type: 'Cost_Rates' } } : {}),
    },
    wrongPassword: WRONG_PASSWORD,
    nonsense: NONSENSE,
    connect: options => tenant.connect(options, over),
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
};

hcmConformance('Workday', worldOf(HCM_ABILITIES));
hcmConformance('Workday without a report of cost rates', worldOf([], { costRateReport: 'none' }));

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
  const read = async () => (await collected(small.connect().workers.all())).flatMap(({ items }) => items).length;

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
    const pages = await collected(vendor.workers.all());
    await vendor.close();
    expect(pages.flatMap(page => page.items).map(item => item.versions[0].legalEntity)).toEqual(firm.consultants.map(() => ''));
  });

  it('says that a report is missing, and does without when it is told to', async () => {
    const wrong = blind.connect({}, { costRateReport: 'ISU_Integration/Nothing' });
    expect((await wrong.check()).at(-1)).toMatchObject({ ok: false, say: expect.stringMatching(/cost-rate-report with 404/) });
    await wrong.close();
    const without = blind.connect({}, { costRateReport: 'none' });
    const [page] = await collected(without.workers.all());
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
    const items = (await collected(vendor.workers.all())).flatMap(page => page.items);
    await vendor.close();
    const one = firm.consultants.find(({ managerNumber }) => managerNumber !== null)!;
    expect(items.find(({ id }) => id === workerIdOf(TENANT, one.employeeNumber))!.versions[0].extensions).toEqual({
      team: `SUP-${one.managerNumber}`,
    });
  });

  it('says by which agency somebody is lent, by the organisations of the configured type', async () => {
    const [{ employeeNumber }] = firm.consultants;
    await plain.enter(employeeNumber, { type: 'Change Job', effective: '2026-11-01', change: { agency: 'QUAYSIDE' } });
    const lentBy = async (over: Partial<WorkdayConfig>) => {
      const vendor = plain.connect({}, over);
      const items = (await collected(vendor.workers.all())).flatMap(page => page.items);
      await vendor.close();
      return items.find(item => item.employeeNumber === employeeNumber)!.versions.at(-1)!.agency;
    };
    expect([await lentBy({ agencyType: 'AGENCY' }), await lentBy({})]).toEqual(['QUAYSIDE', undefined]);
  });

  it('reads nobody twice for one entry that overlapping readings show, unless the first was not taken', async () => {
    const vendor = plain.connect();
    const moment = new Date().toISOString();
    const transaction = await plain.enter('1008', { type: 'Change Job', effective: '2029-01-01', change: { role: 'ARCHITECT' } });
    const read = async () => (await collected(vendor.workers.changed(moment))).flatMap(page => page.items.map(item => item.employeeNumber));
    for await (const page of vendor.workers.changed(moment)) {
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
      const items = (await collected(vendor.workers.all())).flatMap(page => page.items);
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
      const items = (await collected(vendor.workers.all())).flatMap(page => page.items);
      await vendor.close();
      return items.find(({ id }) => id === workerIdOf(TENANT, late.employeeNumber))!.leave;
    };
    expect(await leaveAsOf(from > '2026-11-21' ? from : '2026-11-22')).toEqual([{ from, to, type }]);
    expect(await leaveAsOf('2028-01-01')).toEqual([{ from, type }]);
  });

  it('is read as fast as few calls allow: pages of today and of a far day, the log, the report, and little more', async () => {
    const before = await plain.sandboxes.control.calls();
    const vendor = plain.connect({}, { pageSize: 100 });
    await collected(vendor.workers.all());
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
    const pages = await collected(vendor.workers.changed(null));
    expect(pages.map(page => page.items.length)).toEqual([500, 20]);
    expect(pages.map(page => Number.isNaN(Date.parse(page.cursor)))).toEqual([true, false]);
    const again = await collected(vendor.workers.changed(pages[0].cursor));
    expect(again.flatMap(page => page.items)).toEqual(pages.flatMap(page => page.items));
    expect((await collected(vendor.workers.changed(pages[1].cursor))).flatMap(page => page.items)).toEqual([]);
    await vendor.close();
  });
});

describe('what Workday refuses', () => {
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
});
