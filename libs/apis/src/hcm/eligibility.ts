import { ArrayMaxSize } from 'class-validator';
import { BusinessDate, Candidate, Nested, Text, Whole } from '#canonical';
import { operations, post } from '../operation.js';

/** A role to be filled: who could do it from one day to another? */
export class EligibilityQuestion {
  @Text({ max: 80, description: 'Canonical role code.' }) role: string;
  @Text({ list: true, max: 80, description: 'All of these are needed; upper and lower case are the same.' })
  @ArrayMaxSize(50)
  skills: string[];
  @Text({ max: 40, description: 'The legal entity that sold it; its own people are eligible.' }) legalEntity: string;
  @BusinessDate() startDate: string;
  @BusinessDate({ description: 'The last day.' }) endDate: string;
  @Whole({ optional: true, min: 1, max: 1000, description: 'At most so many candidates, the best first; 200 if not said.' }) limit?: number;
}

export class EligibilityAnswer {
  @Nested(() => Candidate, {
    list: true,
    description: 'Everybody of that role or that legal entity: the eligible first, then who has the fewest reasons against it.',
  })
  candidates: Candidate[];
  @Whole({ min: 0, description: 'How many are eligible, shown or not.' }) eligible: number;
  @Whole({ min: 0, description: 'How many were looked at, shown or not.' }) considered: number;
}

export const eligibility = operations('eligibility', {
  askEligibility: post('eligibility', {
    scope: 'hcm.read',
    summary: 'Who could fill a role, who not and why',
    body: EligibilityQuestion,
    answer: EligibilityAnswer,
    writesNothing: true,
  }),
});
