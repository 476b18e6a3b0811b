import { Body, Controller } from '@nestjs/common';
import { text, type FaultView, type Fault } from '#apis';
import { CheckBody, checks, type CheckedLine, type CheckView } from '#apis/time-to-billing';
import { CurrentPrincipal, type Principal } from '#auth';
import { ExpenseEntry, Problem, TimeEntry } from '#canonical';
import { Implements } from '#service';
import { Assessor } from './assessor.js';
import type { Assessment } from '../facts/line-facts.js';

const MOST = 500;

@Controller({ version: '1' })
export class ChecksController {
  constructor(private readonly assessor: Assessor) {}

  /**
   * Checks whether time or expenses could be billed by the rules that hold when they are approved.
   * Answers all faults of each.
   */
  @Implements(checks.checksCheck)
  async check(@Body() { time = [], expenses = [] }: CheckBody, @CurrentPrincipal() principal: Principal): Promise<CheckView> {
    if (time.length + expenses.length > MOST)
      throw new Problem('invalid', `No more than ${MOST} lines at once.`, {
        fields: [{ field: 'time', rule: 'maxItems', message: `time and expenses may have ${MOST} lines together` }],
      });
    const entries = [
      ...time.map(entry => ({ id: entry.id, kind: 'time' as const, entry: { ...entry, approval: 'none', refs: [] } as TimeEntry, counted: false })),
      ...expenses.map(entry => ({
        id: entry.id,
        kind: 'expense' as const,
        entry: { ...entry, approval: 'none', refs: [] } as ExpenseEntry,
        counted: false,
      })),
    ];
    const assessments = await this.assessor.assess(entries, { viewer: principal });
    const lines = entries.map(({ id }) => checked(id, assessments.get(id)!));
    return { ready: lines.filter(({ ready }) => ready).length, lines };
  }
}

function checked(id: string, assessment: Assessment): CheckedLine {
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
