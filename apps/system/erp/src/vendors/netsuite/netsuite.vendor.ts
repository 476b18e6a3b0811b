import type { ErpAbility } from '#apis/erp';
import { Connector, jwtAssertion, OnceWriter, type CheckResult, type WriteGuarantee, type VendorClock } from '#connector';
import type { Database } from '#persistence';
import type { Metrics } from '#service';
import type { ErpVendor, ErpVendorDefinition } from '../port/erp.port.js';
import { NetsuiteBilling } from './billing/billing.js';
import { NetsuiteBooks } from './books/books.js';
import { NetsuiteCustomers } from './customers/customers.js';
import { NetsuiteApi } from './netsuite.api.js';
import { checkNetsuite } from './netsuite.check.js';
import { netsuiteCodes } from './netsuite.codes.js';
import { NetsuiteConfig } from './netsuite.config.js';
import { netsuiteTexts } from './netsuite.lengths.js';
import { NetsuiteReferences } from './netsuite.references.js';
import { NetsuiteProjects } from './projects/projects.js';
import { billingTypeIds } from './projects/projects.mapper.js';

const TOKEN_PATH = '/services/rest/auth/oauth2/v1/token';

/**
 * NetSuite by its REST services: every record is upserted by our external id, so a repeated request
 * can't make a second one.
 */
export const netsuite: ErpVendorDefinition<NetsuiteConfig> = {
  name: 'netsuite',
  config: NetsuiteConfig,
  connect: ({ config, dataSource, metrics }) => new Netsuite(config, dataSource, metrics),
};

class Netsuite implements ErpVendor {
  readonly name = 'netsuite';
  readonly account: string;
  readonly abilities: ErpAbility[] = ['billing', 'books'];
  readonly means = { customer: 'upsert', project: 'upsert', milestone: 'upsert', 'billing-batch': 'request-key' } satisfies Record<
    string,
    WriteGuarantee
  >;
  readonly customers: NetsuiteCustomers;
  readonly projects: NetsuiteProjects;
  readonly referenceData: NetsuiteReferences;
  readonly billing: NetsuiteBilling;
  readonly books: NetsuiteBooks;
  readonly #connector: Connector;
  readonly #once: OnceWriter;
  readonly #api: NetsuiteApi;

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
    this.referenceData = new NetsuiteReferences(this.#api, config);
    const texts = netsuiteTexts(config);
    this.customers = new NetsuiteCustomers(this.#api, this.referenceData, {
      ...config,
      appUrl,
      billToField: unlessNone(config.billToField),
      reverseChargeField: unlessNone(config.reverseChargeField),
      purchaseOrderRequiredField: unlessNone(config.purchaseOrderRequiredField),
      texts,
    });
    this.projects = new NetsuiteProjects(this.#api, this.referenceData, billingTypeIds(config.billingTypes ?? []), { ...config, appUrl, texts });
    this.billing = new NetsuiteBilling(this.#api, this.referenceData, {
      ...config,
      appUrl,
      taxCodeField: unlessNone(config.lineTaxCodeField),
      postingDateField: unlessNone(config.linePostingDateField),
      reversals: config.reversingLines,
    });
    this.books = new NetsuiteBooks(this.#api, this.referenceData, { account: config.account, appUrl });
  }

  get clock(): VendorClock {
    return this.#connector.clock;
  }

  exclusively<T>(key: string, hash: string, work: () => Promise<T>): Promise<T> {
    return this.#once.write(key, hash, work);
  }

  watch(): { stop(): Promise<void> } {
    return this.#once.watch();
  }

  check(): Promise<CheckResult[]> {
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
