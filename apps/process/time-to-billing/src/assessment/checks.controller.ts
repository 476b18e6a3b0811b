import { Body, Controller } from '@nestjs/common';
import { text, type FaultView, type Fault } from '#apis';
import { checks, DaysToCheck, MOST_TO_CHECK, type CheckedDays, type CheckedEntry } from '#apis/time-to-billing';
import { CurrentPrincipal, type Principal } from '#auth';
import { Problem } from '#canonical';
import { Implements, itemProblem } from '#service';
import { Assessor } from './assessor.js';
import { draftsOf, listsOf, type Draft } from './drafts.js';
import type { Assessment } from '../facts/line-facts.js';

@Controller({ version: '2' })
export class ChecksController {
  constructor(private readonly assessor: Assessor) {}

  /**
   * Checks whether time or expenses could be billed by the rules that hold when they are approved.
   * Answers all faults of each. Entries that are not valid are answered with their own problem.
   */
  @Implements(checks.checksCheck)
  async check(@Body() { days }: DaysToCheck, @CurrentPrincipal() principal: Principal): Promise<CheckedDays> {
    refuseTooMany(days);
    const drafts = await Promise.all(days.map((day, at) => draftsOf(day, `days[${at}]`)));
    const entries = [...drafts.flatMap(({ time }) => time), ...drafts.flatMap(({ expenses }) => expenses)].flatMap(draft =>
      'problem' in draft ? [] : [{ ...draft, counted: false }],
    );
    const assessments = await this.assessor.assess(entries, { viewer: principal });
    const checked = (draft: Draft): CheckedEntry =>
      'problem' in draft ? unchecked(draft.id, draft.problem) : checkedEntry(draft.id, assessments.get(draft.id)!);
    const answered = drafts.map(({ time, expenses, problem }) => ({
      time: time.map(checked),
      expenses: expenses.map(checked),
      ...(problem ? { problem: itemProblem(problem) } : {}),
    }));
    const all = answered.flatMap(({ time, expenses }) => [...time, ...expenses]);
    return { ready: all.filter(({ ready }) => ready).length, days: answered };
  }
}

function refuseTooMany(days: unknown[]): void {
  const entries = days.map(listsOf).reduce((count, { time, expenses }) => count + time.length + expenses.length, 0);
  if (entries > MOST_TO_CHECK)
    throw new Problem('invalid', `No more than ${MOST_TO_CHECK} entries at once.`, {
      fields: [{ field: 'days', rule: 'maxItems', message: `days may have ${MOST_TO_CHECK} entries together` }],
    });
}

const unchecked = (id: string, problem: Problem): CheckedEntry => ({ id, ready: false, faults: [], explanation: [], problem: itemProblem(problem) });

function checkedEntry(id: string, assessment: Assessment): CheckedEntry {
  if ('priced' in assessment) {
    const { transaction, explanation } = assessment.priced;
    const said = explanation.map(({ code, params }) => ({ code, text: text({ code, params }) }));
    return { id, ready: true, money: transaction.amount, faults: [], explanation: said };
  }
  const { faults, estimate } = assessment;
  return { id, ready: false, ...(estimate ? { money: estimate } : {}), faults: faults.map(faultView), explanation: [] };
}

const faultView = ({ reason, desk, need }: Fault): FaultView => ({
  code: reason.code,
  text: text(reason),
  ...(reason.field ? { field: reason.field } : {}),
  desk,
  need,
});
