import type { CrmAbility } from '#apis/crm';
import { Connector, oauthClientCredentials, type CheckResult, type WriteGuarantee, type VendorClock } from '#connector';
import type { CrmVendor, CrmVendorDefinition } from '../port/crm.port.js';
import { SalesforceCustomers } from './customers/customers.js';
import { SalesforceDeals } from './deals/deals.js';
import { SalesforceRateCards } from './rate-cards/rate-cards.js';
import { SalesforceApi } from './salesforce.api.js';
import { checkSalesforce } from './salesforce.check.js';
import { salesforceCodes } from './salesforce.codes.js';
import { SalesforceConfig } from './salesforce.config.js';
import { orgOf, SYSTEM, to18, type Org } from './salesforce.references.js';

/** Salesforce as a CRM, read by SOQL. */
export class SalesforceVendor implements CrmVendor {
  readonly system = SYSTEM;
  /** Upsert by external id; a call may run ten minutes at the vendor before it is cut. */
  readonly means: Record<string, WriteGuarantee> = { deal: 'upsert', customer: 'upsert' };
  readonly settlingMs = 600_000;
  readonly abilities: CrmAbility[];
  readonly deals: SalesforceDeals;
  readonly customers: SalesforceCustomers;
  readonly rateCards?: SalesforceRateCards;
  readonly #org: Org;
  readonly #api: SalesforceApi;

  constructor(
    private readonly connector: Connector,
    private readonly config: SalesforceConfig,
  ) {
    this.abilities = [
      ...(config.milestones === 'none' ? [] : ['milestones' as const]),
      ...(config.rateCardObject === 'none' ? [] : ['rate-cards' as const]),
    ];
    this.#org = orgOf(config);
    this.#api = new SalesforceApi(connector, config.apiVersion);
    if (config.rateCardObject !== 'none') this.rateCards = new SalesforceRateCards(this.#api, config, this.#org);
    this.customers = new SalesforceCustomers(this.#api, config, this.#org);
    this.deals = new SalesforceDeals(this.#api, config, this.#org, this.rateCards);
  }

  get clock(): VendorClock {
    return this.connector.clock;
  }

  get account(): string {
    return this.#org.account;
  }

  check(): Promise<CheckResult[]> {
    return checkSalesforce(this.config, this.#org, path => this.#api.get('check', path));
  }

  close(): Promise<void> {
    return this.connector.close();
  }
}

export const salesforce: CrmVendorDefinition = {
  name: SYSTEM,
  config: SalesforceConfig,
  connect({ config, dataSource, metrics }) {
    const settings = config as SalesforceConfig;
    const { loginUrl, clientId, clientSecret, concurrency, timeoutMs } = settings;
    const tokenUrl = `${(loginUrl ?? '').replace(/\/$/, '')}/services/oauth2/token`;
    const auth = oauthClientCredentials({ tokenUrl, clientId, clientSecret });
    const account = to18(settings.account ?? '');
    const connector = new Connector({
      vendor: SYSTEM,
      account,
      baseUrl: loginUrl,
      auth,
      concurrency,
      timeoutMs,
      dataSource,
      metrics,
      codes: salesforceCodes,
    });
    return new SalesforceVendor(connector, settings);
  },
};
