import type { Firm, FirmConsultant } from '../firm/firm.js';
import type { Store } from '../kit/index.js';
import type { Workers } from './workers.js';

/**
 * Enters the firm's consultants as in a real tenant: hires, pay, leave and terminations. Each was
 * entered a week before it took effect, future ones before the firm's day.
 */
export function seedWorkers(store: Store, workers: Workers, firm: Firm): void {
  store.transaction(() => {
    for (const consultant of firm.consultants) enterConsultant(workers, consultant, firm.asOf);
  });
}

function enterConsultant(workers: Workers, one: FirmConsultant, asOf: string): void {
  const employeeId = one.employeeNumber;
  const common = { employeeId, logged: true };
  workers.enter({
    ...common,
    type: 'Hire Employee',
    ...when(one.hiredOn, asOf),
    change: {
      firstName: one.firstName,
      lastName: one.lastName,
      email: one.email,
      role: one.role,
      entity: one.entity,
      costCentre: one.costCentre,
      location: one.location,
      managerId: one.managerNumber,
      skills: one.skills,
      costRate: one.costRates[0].amount,
    },
  });
  for (const rate of one.costRates.slice(1)) {
    workers.enter({ ...common, type: 'Request Compensation Change', ...when(rate.from, asOf), change: { costRate: rate.amount } });
  }
  for (const leave of one.leave) {
    workers.enter({ ...common, type: 'Request Leave of Absence', ...when(leave.from, asOf), change: { leave: { type: leave.type, to: leave.to } } });
  }
  if (one.terminatedOn) workers.enter({ ...common, type: 'Terminate Employee', ...when(one.terminatedOn, asOf), change: {} });
}

function when(effective: string, asOf: string): { effective: string; entered: string } {
  const latest = effective < asOf ? effective : asOf;
  return { effective, entered: new Date(Date.parse(`${latest}T17:00:00Z`) - 7 * 86_400_000).toISOString() };
}
