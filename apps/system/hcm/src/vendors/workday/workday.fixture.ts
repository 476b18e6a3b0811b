import { createFirm } from '../../../../../sandbox/src/firm/create-firm.js';
import { basic, connectorMigrations } from '#connector';
import { Metrics } from '#service';
import { testDatabase, testSandboxes, type TestDatabase, type TestSandboxes, type TestSandboxesOptions } from '#testing';
import type { ConnectOptions } from '../port/bench.fixture.js';
import type { HcmVendor } from '../port/hcm.port.js';
import type { WorkdayConfig } from './workday.config.js';
import { workday } from './workday.vendor.js';

export const TENANT = 'larkfield';
export const WRONG_PASSWORD = 'not the password';
export const firm = createFirm();

/** A tenant of its own with the sample firm, and HR at its screens. */
export class Tenant {
  database: TestDatabase;
  sandboxes: TestSandboxes;

  constructor(
    private readonly choices: NonNullable<TestSandboxesOptions['choices']>['workday'] = {},
    private readonly size = firm.consultants.length,
  ) {}

  async open(): Promise<void> {
    this.database = await testDatabase({ migrations: connectorMigrations });
    this.sandboxes = await testSandboxes({ vendors: ['workday'], choices: { workday: this.choices }, firm: { size: this.size } });
  }

  async close(): Promise<void> {
    await this.sandboxes.close();
    await this.database.close();
  }

  get #endpoint() {
    return this.sandboxes.endpoints.workday;
  }

  connect({ baseUrl, wrongCredentials, timeoutMs, today }: ConnectOptions = {}, over: Partial<WorkdayConfig> = {}): HcmVendor {
    const config: WorkdayConfig = {
      baseUrl: baseUrl ?? new URL(this.#endpoint.wsdl).origin,
      tenant: TENANT,
      version: 'v44.2',
      username: this.#endpoint.username,
      password: wrongCredentials ? WRONG_PASSWORD : this.#endpoint.password,
      costRateReport: 'ISU_Integration/Cost_Rates',
      costRatePrompt: 'Worker!Employee_ID',
      companyType: 'COMPANY',
      costCentreType: 'COST_CENTER',
      agencyType: 'none',
      extensions: [],
      manager: 'position',
      concurrency: 4,
      timeoutMs: timeoutMs ?? 20_000,
      pageSize: 25,
      ...over,
    };
    const now = today === undefined ? undefined : () => new Date(`${today}T00:10:00.000Z`);
    return workday.connect({ config, dataSource: this.database.dataSource, metrics: new Metrics(), history: { years: 1 }, now });
  }

  async enter(employeeNumber: string, entry: object): Promise<string> {
    const { headers } = await basic(this.#endpoint.username, this.#endpoint.password).authorize(AbortSignal.timeout(1_000));
    const url = `${new URL(this.#endpoint.wsdl).origin}/sandbox/workers/${employeeNumber}`;
    const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(entry) });
    if (response.status !== 201) throw new Error(`not entered: ${await response.text()}`);
    return ((await response.json()) as { id: string }).id;
  }
}
