import { brokenRules, Problem, type BrokenRule, type Shape } from '#canonical';

export interface CostRateRow {
  /** '' where the row has none. */
  employeeId: string;
  amount: string;
  currency: string;
  from: string;
  /** The rules that the row breaks: they name no amount, which is pay. */
  broken: BrokenRule[];
}

const COST_RATE: Shape<Record<string, unknown>> = { Employee_ID: 'id', Cost_Rate: 'amount', Currency: 'currency', Effective_Date: 'day' };

/**
 * The report's rows, each as far as it can be read; without rows, Workday sends an empty list or
 * none. Throws `vendor-unavailable` when the answer is not a list.
 */
export function readCostRates(report: unknown): CostRateRow[] {
  const rows = (report as { Report_Entry?: unknown } | null)?.Report_Entry ?? [];
  if (!Array.isArray(rows)) throw new Problem('vendor-unavailable', 'Workday answered something else than a report', { code: 'malformed-answer' });
  return rows.map((entry: unknown) => {
    const row = (typeof entry === 'object' && entry !== null ? entry : {}) as Record<string, unknown>;
    const [employeeId, amount, currency, day] = ['Employee_ID', 'Cost_Rate', 'Currency', 'Effective_Date'].map(name => plain(row[name]));
    const from = day.slice(0, 10);
    const filled = Object.fromEntries(Object.entries({ ...row, Effective_Date: from }).filter(([, value]) => value !== ''));
    return { employeeId, amount, currency, from, broken: brokenRules<Record<string, unknown>>(filled, COST_RATE) };
  });
}

const plain = (value: unknown): string => (typeof value === 'string' || typeof value === 'number' ? String(value) : '');
