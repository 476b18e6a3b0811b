import { describe, expect, it } from 'vitest';
import { text } from '#apis';
import { candidateOf, type EligibilityFacts } from './eligibility.rules.js';

const asked = { role: 'ARCHITECT', skills: ['Security'], legalEntity: 'LF-UK', startDate: '2027-01-04', endDate: '2027-03-26' };
const fit: EligibilityFacts = {
  worker_id: 'wrk_1',
  name: 'Ada Abbott',
  starts_on: null,
  ends_on: null,
  other_role: null,
  other_role_from: null,
  other_entity: null,
  other_entity_from: null,
  missing_skills: [],
  leave: [],
};

describe('a candidate', () => {
  it('against whom nothing stands is eligible', () => {
    expect(candidateOf(fit, asked)).toEqual({ workerId: 'wrk_1', name: 'Ada Abbott', eligible: true, reasons: [] });
  });

  it.each<[string, Partial<EligibilityFacts>, object, string]>([
    [
      'starts later',
      { starts_on: '2027-02-01' },
      { code: 'status', params: { status: 'not-started', date: '2027-02-01' } },
      'Not employed all that time: not-started, 2027-02-01.',
    ],
    [
      'leaves earlier',
      { ends_on: '2027-02-28' },
      { code: 'status', params: { status: 'terminated', date: '2027-02-28' } },
      'Not employed all that time: terminated, 2027-02-28.',
    ],
    [
      'has another role',
      { other_role: 'DEVELOPER', other_role_from: '2027-01-04' },
      { code: 'role', params: { role: 'DEVELOPER', wanted: 'ARCHITECT' } },
      'Is DEVELOPER, not ARCHITECT.',
    ],
    [
      'changes role meanwhile',
      { other_role: 'DEVELOPER', other_role_from: '2027-02-01' },
      { code: 'role', params: { role: 'DEVELOPER', wanted: 'ARCHITECT', from: '2027-02-01' } },
      'Is DEVELOPER, not ARCHITECT.',
    ],
    [
      'belongs elsewhere',
      { other_entity: 'LF-DE', other_entity_from: '2027-01-04' },
      { code: 'legal-entity', params: { legalEntity: 'LF-DE', wanted: 'LF-UK' } },
      'Belongs to LF-DE, not to LF-UK.',
    ],
    ['lacks a skill', { missing_skills: ['Security'] }, { code: 'skill', params: { skill: 'Security' } }, 'Lacks the skill Security.'],
    [
      'is on leave',
      { leave: [{ from: '2027-02-01', to: '2027-02-14' }] },
      { code: 'leave', params: { from: '2027-02-01', to: '2027-02-14' } },
      'On leave from 2027-02-01 until 2027-02-14.',
    ],
    [
      'is on leave with no planned return',
      { leave: [{ from: '2027-02-01' }] },
      { code: 'leave', params: { from: '2027-02-01', to: '…' } },
      'On leave from 2027-02-01 until ….',
    ],
  ])('who %s is not, for that reason', (_, facts, reason, sentence) => {
    const { eligible, reasons } = candidateOf({ ...fit, ...facts }, asked);
    expect([eligible, reasons]).toEqual([false, [reason]]);
    expect(text({ code: `eligibility.${reasons[0].code}`, params: reasons[0].params })).toBe(sentence);
  });

  it('is told all reasons at once', () => {
    const { reasons } = candidateOf(
      { ...fit, starts_on: '2027-02-01', other_role: 'DEVELOPER', missing_skills: ['Security', 'SQL'], leave: [{ from: '2027-03-01' }] },
      asked,
    );
    expect(reasons.map(reason => reason.code)).toEqual(['status', 'role', 'skill', 'skill', 'leave']);
  });
});
