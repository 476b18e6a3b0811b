import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EligibilityAnswer } from '#apis/hcm';
import type { Candidate } from '#canonical';
import type { FirmConsultant } from '../../../../sandbox/src/firm/firm.js';
import { firm, hcmHouse, workerId, type HcmHouse } from '../hcm.fixture.js';

const asked = { role: 'ARCHITECT', skills: ['Security'], legalEntity: 'LF-UK', startDate: '2027-01-11', endDate: '2027-03-26' };
const SERVICE = { client: 'project-initiation-service' };

/** The expected answer, computed one by one from the sample firm. */
function expectedCodes(one: FirmConsultant, question: typeof asked): string[] {
  return [
    ...(one.hiredOn > question.startDate ? ['status'] : []),
    ...(one.terminatedOn !== null && one.terminatedOn < question.endDate ? ['status'] : []),
    ...(one.role === question.role ? [] : ['role']),
    ...(one.entity === question.legalEntity ? [] : ['legal-entity']),
    ...question.skills.filter(skill => !one.skills.includes(skill)).map(() => 'skill'),
    ...one.leave.filter(({ from, to }) => from <= question.endDate && (to === null || to >= question.startDate)).map(() => 'leave'),
  ];
}

describe('who could fill a role', () => {
  let house: HcmHouse;
  beforeAll(async () => {
    house = await hcmHouse();
  });
  afterAll(() => house.close());

  const ask = async (body: object, o: Parameters<HcmHouse['ask']>[1] = {}): Promise<EligibilityAnswer> => {
    const answer = await house.ask<EligibilityAnswer>('/v1/eligibility', { who: SERVICE, ...o, method: 'POST', body });
    expect(answer).toMatchObject({ status: 200 });
    return answer.body;
  };

  const codes = ({ reasons }: Candidate) => reasons.map(reason => reason.code);

  it.each(firm.roles.map(role => role.code))(
    'of %s is everybody of that role or legal entity, with every reason against them, the eligible first',
    async role => {
      for (const { code: legalEntity } of firm.entities) {
        const question = { ...asked, role, legalEntity, skills: firm.roles.find(({ code }) => code === role)!.skills.slice(0, 2) };
        const { candidates, eligible, considered } = await ask(question);
        const considerable = firm.consultants.filter(one => one.role === role || one.entity === legalEntity);
        expect(candidates.map(({ workerId: id }) => id).sort()).toEqual(considerable.map(one => workerId(one.employeeNumber)).sort());
        for (const one of considerable) {
          const candidate = candidates.find(({ workerId: id }) => id === workerId(one.employeeNumber))!;
          expect([one.employeeNumber, codes(candidate)]).toEqual([one.employeeNumber, expectedCodes(one, question)]);
        }
        expect(candidates.map(candidate => candidate.reasons.length)).toEqual(
          candidates.map(candidate => candidate.reasons.length).toSorted((a, b) => a - b),
        );
        expect([eligible, considered]).toEqual([candidates.filter(candidate => candidate.eligible).length, considerable.length]);
      }
    },
  );

  it('follows a change of role that comes in the asked time, and names its day', async () => {
    const one = firm.consultants.find(
      ({ role, entity, leave, terminatedOn, hiredOn }) =>
        role === 'ARCHITECT' && entity === 'LF-UK' && leave.length === 0 && !terminatedOn && hiredOn < '2026-11-01',
    )!;
    const question = { ...asked, skills: [] };
    const before = (await ask(question)).candidates.find(({ workerId: id }) => id === workerId(one.employeeNumber))!;
    expect(before.eligible).toBe(true);
    await house.enter(one.employeeNumber, { type: 'Change Job', effective: '2027-02-01', change: { role: 'PROJECT_MANAGER' } });
    await house.poll();
    const after = (await ask(question)).candidates.find(({ workerId: id }) => id === workerId(one.employeeNumber))!;
    expect(after).toMatchObject({
      eligible: false,
      reasons: [{ code: 'role', params: { role: 'PROJECT_MANAGER', wanted: 'ARCHITECT', from: '2027-02-01' } }],
    });
    const earlier = (await ask({ ...question, endDate: '2027-01-31' })).candidates.find(({ workerId: id }) => id === workerId(one.employeeNumber))!;
    expect(earlier.eligible).toBe(true);
  });

  it('does not say why somebody is on leave', async () => {
    const away = firm.consultants.find(({ leave }) => leave.length > 0)!;
    const { candidates } = await ask({
      ...asked,
      role: away.role,
      legalEntity: away.entity,
      startDate: away.leave[0].from,
      endDate: away.leave[0].from,
    });
    const reason = candidates.find(({ workerId: id }) => id === workerId(away.employeeNumber))!.reasons.find(({ code }) => code === 'leave')!;
    expect(Object.keys(reason.params).sort()).toEqual(['from', 'to']);
  });

  it('takes skills in upper and lower case for the same, and shows no more than asked for, the best first', async () => {
    const full = await ask({ ...asked, skills: ['sEcUrItY'] });
    expect(full.eligible).toBe((await ask(asked)).eligible);
    const short = await ask({ ...asked, limit: 3 });
    expect(short.candidates).toEqual((await ask(asked)).candidates.slice(0, 3));
    expect(short.considered).toBe(full.considered);
  });

  it('considers only people of legal entities that the caller may see', async () => {
    const { candidates, considered } = await ask(asked, { legalEntities: ['LF-DE'] });
    const visible = firm.consultants.filter(one => one.entity === 'LF-DE' && one.role === asked.role);
    expect([candidates.map(({ workerId: id }) => id).sort(), considered]).toEqual([
      visible.map(one => workerId(one.employeeNumber)).sort(),
      visible.length,
    ]);
  });

  it('refuses a time that ends before it begins, and what is not complete', async () => {
    const refused = async (body: object) => {
      const answer = await house.ask<{ fields: { field: string }[] }>('/v1/eligibility', { who: SERVICE, method: 'POST', body });
      return [answer.status, answer.body.fields.map(({ field }) => field).sort()];
    };
    expect(await refused({ ...asked, endDate: '2027-01-10' })).toEqual([400, ['endDate']]);
    expect(await refused({ role: 'ARCHITECT', skills: 'Security' })).toEqual([
      400,
      expect.arrayContaining(['endDate', 'legalEntity', 'skills', 'startDate']),
    ]);
  });

  it('needs the scope', async () => {
    expect((await house.ask('/v1/eligibility', { who: { client: 'partner' }, method: 'POST', body: asked })).status).toBe(403);
  });
});
