import { expect, it } from 'vitest';
import { versionOn, type Bench } from './bench.fixture.js';

/** Changes of workers, and when an entered change is shown. */
export function changesAreShown(bench: Bench): void {
  it('shows nobody when nothing was entered', async () => {
    const { cursor } = await bench.since(new Date().toISOString());
    expect((await bench.since(cursor)).items).toEqual([]);
  });

  it('shows a change that is entered ahead with the day it begins, and what holds until then', async () => {
    const [one] = bench.world.employees();
    const moment = new Date().toISOString();
    await bench.world.hr.changeRole(one.employeeNumber, '2029-03-01', 'TEST_ENGINEER');
    const history = await bench.changedOne(moment, one.employeeNumber);
    expect([versionOn(history, '2029-02-28').role, versionOn(history, '2029-03-01').role]).toEqual([one.role, 'TEST_ENGINEER']);
  });

  it('follows a correction and a rescind', async () => {
    const one = bench.world.employees()[1];
    const transaction = await bench.world.hr.changeRole(one.employeeNumber, '2029-03-01', 'ARCHITECT');
    const moment = new Date().toISOString();
    await bench.world.hr.correctRole(one.employeeNumber, transaction, '2029-05-01', 'DEVELOPER');
    const corrected = await bench.changedOne(moment, one.employeeNumber);
    expect([versionOn(corrected, '2029-04-30').role, versionOn(corrected, '2029-05-01').role]).toEqual([one.role, 'DEVELOPER']);
    const later = new Date().toISOString();
    await bench.world.hr.rescind(one.employeeNumber, transaction);
    expect(versionOn(await bench.changedOne(later, one.employeeNumber), '2029-12-31').role).toBe(one.role);
  });

  it('shows a role that was held for a while in the past, and what came before and after it', async () => {
    const one = bench.world.employees()[9];
    const moment = new Date().toISOString();
    await bench.world.hr.changeRole(one.employeeNumber, '2026-09-07', 'ARCHITECT');
    await bench.world.hr.changeRole(one.employeeNumber, '2026-10-05', 'DATA_ENGINEER');
    const history = await bench.changedOne(moment, one.employeeNumber);
    expect(['2026-09-06', '2026-09-07', '2026-10-04', '2026-10-05'].map(day => versionOn(history, day).role)).toEqual([
      one.role,
      'ARCHITECT',
      'ARCHITECT',
      'DATA_ENGINEER',
    ]);
    expect((await bench.everybody()).find(({ id }) => id === history.id)).toEqual(history);
  });

  it('shows who a change entered long ago comes true for, when its day comes', async () => {
    const one = bench.world.employees()[6];
    await bench.world.hr.changeRole(one.employeeNumber, '2030-07-01', 'ARCHITECT');
    const overnight = bench.connect({ today: '2030-07-01' });
    const ids = (await bench.since('2030-06-30T23:59:00.000Z', overnight)).items.map(item => item.id);
    expect(ids).toContain(bench.world.workerId(one.employeeNumber));
    expect((await bench.since('2030-07-01T00:10:00.000Z', overnight)).items).toEqual([]);
  });

  it('leaves to the reading of everybody what the log does not tell', async () => {
    const one = bench.world.employees()[7];
    const moment = new Date().toISOString();
    await bench.world.hr.setSkillsUnlogged(one.employeeNumber, new Date().toISOString().slice(0, 10), ['Juggling']);
    expect((await bench.since(moment)).items).toEqual([]);
    const history = (await bench.everybody()).find(({ id }) => id === bench.world.workerId(one.employeeNumber))!;
    expect(versionOn(history, new Date().toISOString().slice(0, 10)).skills).toEqual(['Juggling']);
  });
}

/** Who comes, who goes and who is away. */
export function employmentChanges(bench: Bench): void {
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
    const transaction = await bench.world.hr.hire('7001', '2029-01-08', hire);
    const hired = await bench.changedOne(moment, '7001');
    expect(hired.versions[0]).toMatchObject({
      from: '2029-01-08',
      hiredOn: '2029-01-08',
      name: 'Nia Okoro',
      workEmail: 'nia.okoro@larkfield.example',
      legalEntity: 'LF-UK',
      skills: ['Reporting'],
    });
    const later = new Date().toISOString();
    await bench.world.hr.rescind('7001', transaction);
    const rescinded = await bench.changedOne(later, '7001');
    const { hiredOn, terminatedOn } = rescinded.versions[0];
    expect(terminatedOn! < hiredOn).toBe(true);
  });

  it('shows an end of employment before it comes', async () => {
    const one = bench.world.employees()[2];
    const moment = new Date().toISOString();
    await bench.world.hr.terminate(one.employeeNumber, '2028-06-30');
    const history = await bench.changedOne(moment, one.employeeNumber);
    expect(new Set(history.versions.map(version => version.terminatedOn))).toEqual(new Set(['2028-06-30']));
  });

  it('shows leave from its first day to the planned one, to the real one once that is known, or open', async () => {
    const [a, b] = bench.world.employees().slice(3, 5);
    const moment = new Date().toISOString();
    await bench.world.hr.beginLeave(a.employeeNumber, '2028-02-01', '2028-05-31');
    const planned = await bench.changedOne(moment, a.employeeNumber);
    expect(planned.leave).toContainEqual({ from: '2028-02-01', to: '2028-05-31', type: 'Sabbatical' });
    const later = new Date().toISOString();
    await bench.world.hr.endLeave(a.employeeNumber, '2028-04-11');
    await bench.world.hr.beginLeave(b.employeeNumber, '2028-02-01', null);
    const { items } = await bench.since(later);
    const leaveOf = (employeeNumber: string) => items.find(({ id }) => id === bench.world.workerId(employeeNumber))!.leave;
    expect(leaveOf(a.employeeNumber)).toContainEqual({ from: '2028-02-01', to: '2028-04-10', type: 'Sabbatical' });
    expect(leaveOf(b.employeeNumber)).toContainEqual({ from: '2028-02-01', type: 'Sabbatical' });
  });
}
