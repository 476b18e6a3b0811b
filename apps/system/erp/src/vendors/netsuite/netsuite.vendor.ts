import type { ExternalRef, WantedBillingCustomer, FinancialProject, ReferredKind, ReferredValue } from '#canonical';
import type { Plan, SweepPage } from '#capture';
import { Connector, jwtAssertion, OnceWriter, type Finding, type Means, type VendorClock } from '#connector';
import type { Database } from '#persistence';
import type { Metrics } from '#service';
import type { BillingCustomerInErp } from '../../customers/billing-customer-in-erp.js';
import type { FinancialProjectInErp } from '../../projects/financial-project-in-erp.js';
import type { ErpAbility } from '#apis/erp';
import type { ErpVendor, ErpVendorDefinition } from '../erp-vendor.js';
import { NetsuiteBilling } from './netsuite.billing.js';
import { NetsuiteApi } from './netsuite.api.js';
import { netsuiteCodes } from './netsuite.codes.js';
import { NetsuiteChanges, type ChangedPage } from './netsuite.changes.js';
import { NetsuiteBooks } from './netsuite.books.js';
import { checkNetsuite } from './netsuite.check.js';
import { NetsuiteConfig } from './netsuite.config.js';
import { followedCustomers, NetsuiteCustomers } from './netsuite.customers.js';
import { netsuiteTexts } from './netsuite.lengths.js';
import { billingTypeIds } from './netsuite.mapper.js';
import { followedProjects, NetsuiteProjects } from './netsuite.projects.js';
import { NetsuiteReferences } from './netsuite.references.js';

const TOKEN_PATH = '/services/rest/auth/oauth2/v1/token';

/** NetSuite by its REST services: every record is upserted by our external id, so asking twice can't make two. */
export const netsuite: ErpVendorDefinition<NetsuiteConfig> = {
  name: 'netsuite',
  config: NetsuiteConfig,
  connect: ({ config, dataSource, metrics }) => new Netsuite(config, dataSource, metrics),
};

class Netsuite implements ErpVendor {
  readonly name = 'netsuite';
  readonly account: string;
  readonly abilities: ErpAbility[] = ['billing', 'books'];
  readonly means = { customer: 'upsert', project: 'upsert', milestone: 'upsert', 'billing-batch': 'request-key' } satisfies Record<string, Means>;
  readonly billing: NetsuiteBilling;
  readonly books: NetsuiteBooks;
  readonly #connector: Connector;
  readonly #once: OnceWriter;
  readonly #api: NetsuiteApi;
  readonly #references: NetsuiteReferences;
  readonly #customers: NetsuiteCustomers;
  readonly #projects: NetsuiteProjects;
  readonly #changedCustomers: NetsuiteChanges<BillingCustomerInErp>;
  readonly #changedProjects: NetsuiteChanges<FinancialProjectInErp>;

  constructor(
    private readonly config: NetsuiteConfig,
    dataSource: Database,
    metrics: Metrics,
  ) {
    const { baseUrl, tokenUrl, appUrl } = urlsOf(config);
    this.account = config.account;
    this.#connector = new Connector({
      vendor: 'netsuite',
      account: config.account,
      baseUrl,
      auth: jwtAssertion({
        tokenUrl,
        clientId: config.clientId,
        certificateId: config.certificateId,
        privateKey: config.privateKey,
        alg: config.alg,
        scope: ['rest_webservices'],
      }),
      concurrency: config.concurrency,
      timeoutMs: config.timeoutMs,
      dataSource,
      metrics,
      codes: netsuiteCodes,
    });
    this.#once = new OnceWriter(dataSource, { system: 'netsuite', account: config.account, settlingMs: config.settlingMs, leaseMs: config.leaseMs });
    this.#api = new NetsuiteApi(this.#connector);
    this.#references = new NetsuiteReferences(this.#api, config);
    const texts = netsuiteTexts(config);
    this.#customers = new NetsuiteCustomers(this.#api, this.#references, {
      ...config,
      appUrl,
      billToField: unlessNone(config.billToField),
      reverseChargeField: unlessNone(config.reverseChargeField),
      purchaseOrderRequiredField: unlessNone(config.purchaseOrderRequiredField),
      texts,
    });
    this.#projects = new NetsuiteProjects(this.#api, this.#references, billingTypeIds(config.billingTypes ?? []), { ...config, appUrl, texts });
    this.billing = new NetsuiteBilling(this.#api, this.#references, {
      ...config,
      appUrl,
      taxCodeField: unlessNone(config.lineTaxCodeField),
      postingDateField: unlessNone(config.linePostingDateField),
      reversals: config.reversingLines,
    });
    this.books = new NetsuiteBooks(this.#api, this.#references, { account: config.account, appUrl });
    this.#changedCustomers = new NetsuiteChanges(this.#api, followedCustomers(this.#customers));
    this.#changedProjects = new NetsuiteChanges(this.#api, followedProjects(this.#projects));
  }

  get clock(): VendorClock {
    return this.#connector.clock;
  }

  exclusively<T>(key: string, hash: string, work: () => Promise<T>): Promise<T> {
    return this.#once.write(key, hash, work);
  }

  planCustomer(desired: WantedBillingCustomer): Promise<Plan<BillingCustomerInErp>> {
    return this.#customers.plan(desired);
  }

  planProject(desired: FinancialProject): Promise<Plan<FinancialProjectInErp>> {
    return this.#projects.plan(desired);
  }

  customer(id: string, refs: ExternalRef[] = []): Promise<BillingCustomerInErp | null> {
    return this.#customers.read(id, refs);
  }

  customersByTaxRegistration(taxRegistration: string): Promise<BillingCustomerInErp[]> {
    return this.#customers.byTaxRegistration(taxRegistration);
  }

  project(id: string): Promise<FinancialProjectInErp | null> {
    return this.#projects.read(id);
  }

  referenceData(kind: ReferredKind): Promise<SweepPage<ReferredValue>> {
    return this.#references.values(kind);
  }

  customersChanged(since: string | null): AsyncIterable<ChangedPage<BillingCustomerInErp>> {
    return this.#changedCustomers.since(since);
  }

  projectsChanged(since: string | null): AsyncIterable<ChangedPage<FinancialProjectInErp>> {
    return this.#changedProjects.since(since);
  }

  allCustomers(): AsyncIterable<SweepPage<BillingCustomerInErp>> {
    return this.#changedCustomers.all();
  }

  allProjects(): AsyncIterable<SweepPage<FinancialProjectInErp>> {
    return this.#changedProjects.all();
  }

  watch(): { stop(): Promise<void> } {
    return this.#once.watch();
  }

  check(): Promise<Finding[]> {
    return checkNetsuite(this.#api, this.config);
  }

  close(): Promise<void> {
    return this.#connector.close();
  }
}

const unlessNone = (field: string): string => (field === 'none' ? '' : field);

/** An account's host is its id in lower case with hyphens. */
function urlsOf({ account, baseUrl, tokenUrl, appUrl }: NetsuiteConfig): { baseUrl: string; tokenUrl: string; appUrl: string } {
  const host = (account ?? '').toLowerCase().replaceAll('_', '-');
  const base = baseUrl ?? `https://${host}.suitetalk.api.netsuite.com`;
  return { baseUrl: base, tokenUrl: tokenUrl ?? `${base}${TOKEN_PATH}`, appUrl: appUrl ?? `https://${host}.app.netsuite.com` };
}
