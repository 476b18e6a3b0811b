import type { HcmAbility } from '#apis/hcm';
import type { CheckResult, VendorClock } from '#connector';
import type { VendorConnection } from '#service';
import type { HcmVendor, HcmVendorDefinition, HistoryDepth } from '../port/hcm.port.js';
import { WorkdayCostRates } from './cost-rates/cost-rates.js';
import { WorkdayApi } from './workday.api.js';
import { checkTenant } from './workday.check.js';
import { WorkdayConfig } from './workday.config.js';
import { WorkdayWorkers } from './workers/workers.js';

/** Workday as an HCM: workers by Get_Workers, and their cost by a report of the firm's own. */
class WorkdayVendor implements HcmVendor {
  readonly abilities: HcmAbility[];
  readonly workers: WorkdayWorkers;
  readonly #api: WorkdayApi;
  readonly #costRates: WorkdayCostRates;

  constructor(connection: VendorConnection<WorkdayConfig> & { history: HistoryDepth; now?: () => Date }) {
    const { config, history, now = () => new Date() } = connection;
    this.abilities = config.costRateReport === 'none' ? [] : ['cost-rates'];
    this.#api = new WorkdayApi(connection);
    this.#costRates = new WorkdayCostRates(this.#api);
    this.workers = new WorkdayWorkers(this.#api, this.#costRates, history.years, now);
  }

  get account(): string {
    return this.#api.config.tenant;
  }

  get clock(): VendorClock {
    return this.#api.clock;
  }

  check(): Promise<CheckResult[]> {
    return checkTenant(this.#api.config, {
      workers: () => this.workers.first(),
      costRates: this.abilities.includes('cost-rates') ? () => this.#costRates.each() : null,
    });
  }

  close(): Promise<void> {
    return this.#api.close();
  }
}

export const workday: HcmVendorDefinition<WorkdayConfig> = {
  name: 'workday',
  config: WorkdayConfig,
  connect: connection => new WorkdayVendor(connection),
};
