import { chunksOf } from '#connector';
import type { WorkdayApi } from '../workday.api.js';
import { unfit } from '../workday.wire.js';
import { readCostRates, type CostRateRow } from './cost-rates.wire.js';

const REPORT_WORKERS = 50;

/** Workers' costs from a report of the firm's own; nothing where it has none. */
export class WorkdayCostRates {
  constructor(private readonly api: WorkdayApi) {}

  async all(): Promise<CostRateRow[]> {
    return this.#report({});
  }

  async of(employeeIds: string[]): Promise<CostRateRow[]> {
    const rows: CostRateRow[] = [];
    for (const some of chunksOf(employeeIds, REPORT_WORKERS))
      rows.push(...(await this.#report({ [this.api.config.costRatePrompt]: some.join('!') })));
    return rows;
  }

  /** The rows, of which each has to have our columns. */
  async each(): Promise<CostRateRow[]> {
    const rows = await this.all();
    for (const { broken } of rows) if (broken.length > 0) throw unfit(broken);
    return rows;
  }

  async #report(prompts: Record<string, string>): Promise<CostRateRow[]> {
    const { costRateReport } = this.api.config;
    return costRateReport === 'none' ? [] : readCostRates(await this.api.report('cost-rate-report', costRateReport, prompts));
  }
}
