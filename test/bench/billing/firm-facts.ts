import { mintId, money, type ExchangeRate, type TimeEntry } from '#canonical';
import type { LineFacts, RateRow } from '../../../apps/process/time-to-billing/src/facts/line-facts.js';
import type { Firm, FirmConsultant, FirmProject } from '../../../apps/sandbox/src/firm/firm.js';

const METHODS = { 'T&M': 'time-and-materials', 'Fixed price': 'fixed-price', Milestone: 'milestone', Retainer: 'retainer' } as const;

/** What the loop without anything durable knows of the firm: all in memory, with what the ERP's books say of currencies. */
export class FirmFacts {
  readonly #projects: Map<string, FirmProject>;
  readonly #workers: Map<string, FirmConsultant>;
  readonly #rates = new Map<string, RateRow[]>();

  constructor(
    private readonly firm: Firm,
    private readonly exchangeRates: ExchangeRate[],
  ) {
    this.#projects = new Map(firm.projects.map(project => [project.id, project]));
    this.#workers = new Map(firm.consultants.map(one => [one.email, one]));
    for (const { code, currency, versions } of firm.rateCards)
      this.#rates.set(
        code,
        versions.flatMap(({ effectiveFrom, rates }) =>
          rates.map(({ role, ratePerHour }): RateRow => ({
            id: `${code}:${effectiveFrom}:${role}`,
            level: 'contract',
            subject: code,
            role,
            resourcingEntity: null,
            overtime: null,
            unit: 'hour',
            amount: ratePerHour,
            currency,
            from: effectiveFrom,
            to: null,
          })),
        ),
      );
  }

  /** What the pure rules are given for a line. */
  of({ projectId, person }: TimeEntry): LineFacts {
    const project = this.#projects.get(projectId)!;
    const worker = this.#workers.get(person.email)!;
    return {
      policy: {
        closedPeriod: 'next-open',
        rateDifference: 'explain',
        endedRate: 'fall',
        overtimeRate: 'general',
        exchangeRateDays: 366,
        unstaffedProject: 'anybody',
        expenseCost: 'record',
        dayLimitMinutes: 960,
        minutesPerDay: 480,
        dayRate: 'pro-rata',
        longerDay: 'pro-rata',
        lineRounding: 'line',
        foreignRate: 'hour',
        receiptOver: [],
        transferPercent: 80,
        transferUnknown: 'mark',
      },
      project: {
        financial: {
          id: project.id,
          title: project.name,
          status: 'active',
          billingMethod: METHODS[project.billingMethod],
          currency: project.currency,
          startDate: project.startDate,
          endDate: project.endDate,
          dimensions: { legalEntity: project.entity, costCentre: project.costCentre, taxCode: this.#taxCode(project) },
          tasks: project.tasks.map(({ id, title, role, hours }) => ({ id, title, role, estimatedMinutes: hours * 60, billable: true })),
          timeAllowed: true,
          expensesAllowed: true,
        },
        title: project.name,
        customerId: project.customerNumber,
        customerName: project.customerNumber,
        rateCard: project.rateCard,
      },
      worker: {
        matches: 1,
        worker: {
          workerId: mintId('worker', 'firm', worker.employeeNumber),
          employeeNumber: worker.employeeNumber,
          name: `${worker.firstName} ${worker.lastName}`,
          status: 'active',
          role: worker.role,
          legalEntity: worker.entity,
          costCentre: worker.costCentre,
          costRate: money(worker.costRates.at(-1)!.amount, this.firm.entities.find(({ code }) => code === worker.entity)!.currency),
        },
      },
      assignments: [
        { id: 'asg_00000000000000000001', projectId, person, role: worker.role, startDate: project.startDate, endDate: project.endDate, refs: [] },
      ],
      projectStaffed: true,
      rates: this.#rates.get(project.rateCard)!,
      expenseTerms: [],
      otherExpenses: [],
      exchangeRates: this.exchangeRates,
      periods: [{ id: 'open', legalEntity: '*', name: 'open', startDate: '2026-01-01', endDate: '2027-12-31', open: true }],
      mapping: () => undefined,
      otherMinutesThatDay: 0,
      sharesThatDay: [],
    };
  }

  #taxCode({ entity, customerNumber }: FirmProject): string {
    const { country } = this.firm.customers.find(({ number }) => number === customerNumber)!;
    const codes = this.firm.taxCodes.filter(code => code.entity === entity);
    return (codes.find(({ customerCountry }) => customerCountry === country) ?? codes.find(({ customerCountry }) => customerCountry === '*')!).code;
  }
}
