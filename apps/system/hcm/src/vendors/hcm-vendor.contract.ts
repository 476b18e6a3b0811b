import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { problemOf, type SandboxControl, testServer } from '#testing';
import type { WorkerHistory } from '../workers/worker-record.js';
import type { HcmVendor } from './hcm-vendor.js';

type FaultMatch = Parameters<SandboxControl['planFault']>[0]['match'];

/** How a test wants the vendor connected; the rest is as configured for a sandbox. */
export interface ConnectOptions {
  /** Another address than the sandbox's: a server in between. */
  baseUrl?: string;
  wrongCredentials?: boolean;
  timeoutMs?: number;
  /** The day it is, `YYYY-MM-DD`, at the adapter. */
  today?: string;
}

export interface Hire {
  firstName: string;
  lastName: string;
  email: string;
  role: string;
  legalEntity: string;
  costCentre: string;
  skills: string[];
  costRate: string;
}

/** What a vendor's spec gives, so that the contract can be held against it. `HR` acts in the back end's own screens. */
export interface HcmWorld {
  control: SandboxControl;
  reads: { workers: FaultMatch; costRates: FaultMatch };
  connect(o?: ConnectOptions): HcmVendor;
  workerId(employeeNumber: string): string;
  /** Those of the sample firm. */
  employees(): {
    employeeNumber: string;
    name: string;
    role: string;
    legalEntity: string;
    skills: string[];
    costRates: { from: string; amount: string }[];
  }[];
  hr: {
    hire(employeeNumber: string, from: string, hire: Hire): Promise<string>;
    /** Answers the transaction's id, by which it is corrected or rescinded. */
    changeRole(employeeNumber: string, from: string, role: string): Promise<string>;
    correctRole(employeeNumber: string, transaction: string, from: string, role: string): Promise<void>;
    rescind(employeeNumber: string, transaction: string): Promise<void>;
    terminate(employeeNumber: string, lastDay: string): Promise<void>;
    beginLeave(employeeNumber: string, from: string, to: string | null): Promise<void>;
    endLeave(employeeNumber: string, firstDayBack: string): Promise<void>;
    setCostRate(employeeNumber: string, from: string, amount: string): Promise<void>;
    /** A change that the back end's log does not tell. */
    setSkillsUnlogged(employeeNumber: string, from: string, skills: string[]): Promise<void>;
  };
  open(): Promise<void>;
  close(): Promise<void>;
}

/** All that a reading shows. */
export async function collected<P>(pages: AsyncIterable<P>): Promise<P[]> {
  const all: P[] = [];
  for await (const page of pages) all.push(page);
  return all;
}

/** What every HCM must do. */
export function hcmVendorContract(name: string, world: HcmWorld): void {
  const open: HcmVendor[] = [];
  const servers: (() => Promise<void>)[] = [];
  const connect = (o: ConnectOptions = {}): HcmVendor => {
    const vendor = world.connect(o);
    open.push(vendor);
    return vendor;
  };

  const everybody = async (vendor = connect()): Promise<WorkerHistory[]> => (await collected(vendor.all())).flatMap(page => page.items);

  const since = async (moment: string | null, vendor = connect()): Promise<{ items: WorkerHistory[]; cursor: string }> => {
    const pages = await collected(vendor.changed(moment));
    return { items: pages.flatMap(page => page.items), cursor: pages.at(-1)!.cursor };
  };

  /** The one worker that a reading since `moment` shows. */
  const changedOne = async (moment: string, employeeNumber: string): Promise<WorkerHistory> => {
    const { items } = await since(moment);
    expect(items.map(item => item.id)).toEqual([world.workerId(employeeNumber)]);
    return items[0];
  };

  const versionOn = ({ versions }: WorkerHistory, day: string) => versions.findLast(({ from }) => from <= day) ?? versions[0];

  /** A server that answers in the back end's place. */
  const pretending = async (answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> => {
    const { url, close } = await testServer(answer);
    servers.push(close);
    return url;
  };

  describe(`${name} as an HCM`, () => {
    beforeAll(() => world.open());
    afterEach(async () => {
      await world.control.clearFaults();
      await Promise.all(servers.splice(0).map(close => close()));
      await Promise.all(open.splice(0).map(vendor => vendor.close()));
    });
    afterAll(() => world.close());

    describe('reading everybody', () => {
      it('shows each worker once, with who they are, what they do, where they belong and what they cost', async () => {
        const histories = await everybody();
        expect(histories.map(history => history.id).sort()).toEqual(
          world
            .employees()
            .map(one => world.workerId(one.employeeNumber))
            .sort(),
        );
        for (const one of world.employees()) {
          const history = histories.find(({ id }) => id === world.workerId(one.employeeNumber))!;
          const { name, role, legalEntity, skills } = versionOn(history, '9999-12-31');
          expect({ name, role, legalEntity, skills }).toEqual({
            name: one.name,
            role: one.role,
            legalEntity: one.legalEntity,
            skills: [...one.skills].sort(),
          });
          expect(history.costRates.map(({ from, rate }) => ({ from, amount: rate.amount }))).toEqual(one.costRates);
          expect(history.refs.length).toBeGreaterThan(0);
        }
      });

      it('is what the first reading of changes shows, with a cursor to go on from', async () => {
        const all = await everybody();
        const { items, cursor } = await since(null);
        expect(items).toEqual(all);
        expect(Date.parse(cursor)).toBeGreaterThan(0);
      });

      it('begins again from a page of a first reading that was not finished', async () => {
        const vendor = connect();
        let cursor = '';
        for await (const page of vendor.changed(null)) {
          cursor = page.cursor;
          break;
        }
        const again = await since(cursor);
        // A firm that fits into one page has been read to its end; nobody has changed since.
        expect([0, world.employees().length]).toContain(again.items.length);
        if (Number.isNaN(Date.parse(cursor))) expect(again.items.length).toBe(world.employees().length);
      });
    });

    describe('reading changes', () => {
      it('shows nobody when nothing was entered', async () => {
        const { cursor } = await since(new Date().toISOString());
        expect((await since(cursor)).items).toEqual([]);
      });

      it('shows a change that is entered ahead with the day it begins, and what holds until then', async () => {
        const [one] = world.employees();
        const moment = new Date().toISOString();
        await world.hr.changeRole(one.employeeNumber, '2029-03-01', 'TEST_ENGINEER');
        const history = await changedOne(moment, one.employeeNumber);
        expect([versionOn(history, '2029-02-28').role, versionOn(history, '2029-03-01').role]).toEqual([one.role, 'TEST_ENGINEER']);
      });

      it('follows a correction and a rescind', async () => {
        const one = world.employees()[1];
        const transaction = await world.hr.changeRole(one.employeeNumber, '2029-03-01', 'ARCHITECT');
        const moment = new Date().toISOString();
        await world.hr.correctRole(one.employeeNumber, transaction, '2029-05-01', 'DEVELOPER');
        const corrected = await changedOne(moment, one.employeeNumber);
        expect([versionOn(corrected, '2029-04-30').role, versionOn(corrected, '2029-05-01').role]).toEqual([one.role, 'DEVELOPER']);
        const later = new Date().toISOString();
        await world.hr.rescind(one.employeeNumber, transaction);
        expect(versionOn(await changedOne(later, one.employeeNumber), '2029-12-31').role).toBe(one.role);
      });

      it('shows a hire ahead of its day, and a hire that was rescinded as one that never was employed', async () => {
        const moment = new Date().toISOString();
        const hire = {
          firstName: 'Nia',
          lastName: 'Okoro',
          email: 'nia.okoro@larkfield.example',
          role: 'CONSULTANT',
          legalEntity: 'LF-UK',
          costCentre: 'CC-210',
          skills: ['Reporting'],
          costRate: '60.00',
        };
        const transaction = await world.hr.hire('7001', '2029-01-08', hire);
        const hired = await changedOne(moment, '7001');
        expect(hired.versions[0]).toMatchObject({
          from: '2029-01-08',
          hiredOn: '2029-01-08',
          name: 'Nia Okoro',
          workEmail: 'nia.okoro@larkfield.example',
          legalEntity: 'LF-UK',
          skills: ['Reporting'],
        });
        const later = new Date().toISOString();
        await world.hr.rescind('7001', transaction);
        const rescinded = await changedOne(later, '7001');
        const { hiredOn, terminatedOn } = rescinded.versions[0];
        expect(terminatedOn! < hiredOn).toBe(true);
      });

      it('shows an end of employment before it comes', async () => {
        const one = world.employees()[2];
        const moment = new Date().toISOString();
        await world.hr.terminate(one.employeeNumber, '2028-06-30');
        const history = await changedOne(moment, one.employeeNumber);
        expect(new Set(history.versions.map(version => version.terminatedOn))).toEqual(new Set(['2028-06-30']));
      });

      it('shows leave from its first day to the planned one, to the real one once that is known, or open', async () => {
        const [a, b] = world.employees().slice(3, 5);
        const moment = new Date().toISOString();
        await world.hr.beginLeave(a.employeeNumber, '2028-02-01', '2028-05-31');
        const planned = await changedOne(moment, a.employeeNumber);
        expect(planned.leave).toContainEqual({ from: '2028-02-01', to: '2028-05-31', type: 'Sabbatical' });
        const later = new Date().toISOString();
        await world.hr.endLeave(a.employeeNumber, '2028-04-11');
        await world.hr.beginLeave(b.employeeNumber, '2028-02-01', null);
        const { items } = await since(later);
        const leaveOf = (employeeNumber: string) => items.find(({ id }) => id === world.workerId(employeeNumber))!.leave;
        expect(leaveOf(a.employeeNumber)).toContainEqual({ from: '2028-02-01', to: '2028-04-10', type: 'Sabbatical' });
        expect(leaveOf(b.employeeNumber)).toContainEqual({ from: '2028-02-01', type: 'Sabbatical' });
      });

      it('shows a role that was held for a while in the past, and what came before and after it', async () => {
        const one = world.employees()[9];
        const moment = new Date().toISOString();
        await world.hr.changeRole(one.employeeNumber, '2026-09-07', 'ARCHITECT');
        await world.hr.changeRole(one.employeeNumber, '2026-10-05', 'DATA_ENGINEER');
        const history = await changedOne(moment, one.employeeNumber);
        expect(['2026-09-06', '2026-09-07', '2026-10-04', '2026-10-05'].map(day => versionOn(history, day).role)).toEqual([
          one.role,
          'ARCHITECT',
          'ARCHITECT',
          'DATA_ENGINEER',
        ]);
        expect((await everybody()).find(({ id }) => id === history.id)).toEqual(history);
      });

      it('shows a cost rate from the day it starts', async () => {
        const one = world.employees()[5];
        const moment = new Date().toISOString();
        await world.hr.setCostRate(one.employeeNumber, '2029-01-01', '99.50');
        expect((await changedOne(moment, one.employeeNumber)).costRates.at(-1)).toMatchObject({ from: '2029-01-01', rate: { amount: '99.50' } });
      });

      it('shows who a change entered long ago comes true for, when its day comes', async () => {
        const one = world.employees()[6];
        await world.hr.changeRole(one.employeeNumber, '2030-07-01', 'ARCHITECT');
        const overnight = connect({ today: '2030-07-01' });
        const ids = (await since('2030-06-30T23:59:00.000Z', overnight)).items.map(item => item.id);
        expect(ids).toContain(world.workerId(one.employeeNumber));
        expect((await since('2030-07-01T00:10:00.000Z', overnight)).items).toEqual([]);
      });

      it('leaves to the reading of everybody what the log does not tell', async () => {
        const one = world.employees()[7];
        const moment = new Date().toISOString();
        await world.hr.setSkillsUnlogged(one.employeeNumber, new Date().toISOString().slice(0, 10), ['Juggling']);
        expect((await since(moment)).items).toEqual([]);
        const history = (await everybody()).find(({ id }) => id === world.workerId(one.employeeNumber))!;
        expect(versionOn(history, new Date().toISOString().slice(0, 10)).skills).toEqual(['Juggling']);
      });
    });

    describe('when the back end refuses or fails', () => {
      it('says that the log-in was refused, and does not ask again', async () => {
        const before = Object.values((await world.control.calls())[world.reads.workers.vendor]).reduce((a, b) => a + b, 0);
        const problem = await problemOf(everybody(connect({ wrongCredentials: true })));
        expect([problem.kind, problem.code, problem.retryable]).toEqual(['refused-by-vendor', 'login-refused', false]);
        expect(JSON.stringify({ ...problem, message: problem.message })).not.toContain('not the password');
        expect(Object.values((await world.control.calls())[world.reads.workers.vendor]).reduce((a, b) => a + b, 0)).toBe(before + 1);
      });

      it('says not found when the address is wrong', async () => {
        const baseUrl = await pretending((_request, response) =>
          response.writeHead(404, { 'content-type': 'text/html' }).end('<html>no such page</html>'),
        );
        const problem = await problemOf(everybody(connect({ baseUrl })));
        expect([problem.kind, problem.retryable]).toEqual(['not-found', false]);
      });

      it.each(['workers', 'costRates'] as const)('gets through when %s are throttled, unavailable, down or cut off once each', async what => {
        const match = world.reads[what];
        await world.control.planFault({ match, action: { do: 'throttle' }, nth: 1 });
        await world.control.planFault({ match, action: { do: 'error', status: 500 }, nth: 2 });
        await world.control.planFault({ match, action: { do: 'maintenance' }, nth: 3 });
        await world.control.planFault({ match, action: { do: 'timeout', ms: 1 }, nth: 4 });
        expect((await everybody()).length).toBeGreaterThanOrEqual(world.employees().length);
      });

      it('waits as long as it is told when it is throttled with a Retry-After', async () => {
        await world.control.planFault({ match: world.reads.costRates, action: { do: 'throttle', retryAfterSeconds: 1 }, nth: 1 });
        const startedAt = performance.now();
        await everybody();
        expect(performance.now() - startedAt).toBeGreaterThanOrEqual(1_000);
      });

      it.each([
        ['throttled', { do: 'throttle' } as const],
        ['failing', { do: 'error', status: 500 } as const],
        ['down for maintenance', { do: 'maintenance' } as const],
        ['silent', { do: 'timeout', ms: 5_000 } as const],
      ])('gives up in time, to be asked later, when it stays %s', async (_, action) => {
        await world.control.planFault({ match: world.reads.workers, action, rate: 1 });
        const problem = await problemOf(everybody(connect({ timeoutMs: 1_000 })));
        expect([problem.retryable, ['vendor-unavailable', 'rate-limited'].includes(problem.kind)]).toEqual([true, true]);
      });

      it.each([
        ['an HTML page', '<!DOCTYPE html><html><body>We are improving our service</body></html>', 'text/html'],
        [
          'half an answer',
          '<?xml version="1.0"?><env:Envelope xmlns:env="http://schemas.xmlsoap.org/soap/envelope/"><env:Body><wd:Get_Wor',
          'text/xml',
        ],
        ['something else', '<answer>42</answer>', 'text/xml'],
        ['nothing', '', 'text/xml'],
      ])('takes %s with status 200 for no answer', async (_, body, contentType) => {
        const baseUrl = await pretending((_request, response) => response.writeHead(200, { 'content-type': contentType }).end(body));
        const problem = await problemOf(everybody(connect({ baseUrl })));
        expect([problem.kind, problem.code]).toEqual(['vendor-unavailable', 'malformed-answer']);
      });

      it('says unavailable when nobody is there', async () => {
        const baseUrl = await pretending(() => undefined);
        await Promise.all(servers.splice(0).map(close => close()));
        const problem = await problemOf(everybody(connect({ baseUrl, timeoutMs: 1_000 })));
        expect([problem.kind, problem.retryable]).toEqual(['vendor-unavailable', true]);
      });
    });

    describe('checking a tenant', () => {
      it('finds everything there', async () => {
        const findings = await connect().check();
        expect(findings.filter(finding => !finding.ok)).toEqual([]);
        expect(findings.length).toBeGreaterThan(5);
      });

      it('says in a sentence that the log-in is refused', async () => {
        const findings = await connect({ wrongCredentials: true }).check();
        expect(findings[0]).toMatchObject({ ok: false, say: expect.stringMatching(/refused the log-in/) });
      });
    });
  });
}
