import { text } from '#apis';
import type { FinancialProject } from '#canonical';
import type { Assessment, ExpenseTerm, LineFacts, PricedLine } from '../facts/line-facts.js';
import { PROJECT, theFacts, theProject } from '../facts/line-facts.fixture.js';

export const faultsOf = (assessment: Assessment) => ('faults' in assessment ? assessment.faults : []);

export function pricedOf(assessment: Assessment): PricedLine {
  if ('faults' in assessment) throw new Error(assessment.faults.map(({ reason }) => text(reason)).join(' '));
  return assessment.priced;
}

/** The explanation of a price, as people read it. */
export const lines = ({ explanation }: PricedLine): string[] => explanation.map(coded => text(coded));

/** A parameter that a sentence was not given. */
export const unfilled = /\{\w+\}/;

export const projectWith = (financial: Partial<FinancialProject>): LineFacts => theFacts({ project: theProject(financial) });

export const aTerm = (over: Partial<ExpenseTerm>): ExpenseTerm => ({
  id: 'term-1',
  level: 'contract',
  subject: PROJECT,
  category: null,
  treatment: 'at-cost',
  from: '2026-01-01',
  ...over,
});
