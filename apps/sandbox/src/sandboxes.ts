import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createFirm, type FirmOptions } from './firm/create-firm.js';
import type { Firm } from './firm/firm.js';
import { type ControlAccess, ControlServer, type ControlledVendor, Faults, Ledger, Store, type Vendor, VendorServer } from './kit/index.js';
import { createKantata, type KantataOptions } from './kantata/index.js';
import { createNetsuite, type NetsuiteOptions } from './netsuite/index.js';
import { createSalesforce, type SalesforceOptions } from './salesforce/index.js';
import { createWorkday, type WorkdayOptions } from './workday/index.js';
import { SAMPLE_ACCOUNTS } from './sample-accounts.js';
import { type SampleCredentials, sampleCredentials } from './sample-credentials.js';

export type VendorName = Vendor['name'];
export const VENDOR_NAMES: readonly VendorName[] = ['salesforce', 'kantata', 'workday', 'netsuite'];

/** How to reach each stand-in, as a real tenant's administrator would tell it. */
export interface SandboxEndpoints {
  salesforce: { loginUrl: string; clientId: string; clientSecret: string; apiVersion: string };
  kantata: { baseUrl: string; accessToken: string };
  workday: { wsdl: string; username: string; password: string };
  netsuite: { baseUrl: string; tokenUrl: string; accountId: string; clientId: string; certificateId: string; privateKeyFile: string; alg: string };
}

/** What each vendor is made with beside its credentials: switches for points that its contract sheet leaves open, and limits. */
export interface SandboxChoices {
  salesforce?: Partial<SalesforceOptions>;
  kantata?: Partial<KantataOptions>;
  workday?: Partial<WorkdayOptions>;
  netsuite?: Partial<NetsuiteOptions>;
}

export interface SandboxesOptions {
  /** One file of state per vendor; kept over restarts. */
  directory: string;
  firm?: FirmOptions;
  /** The control port; the vendors follow it, in the order of VENDOR_NAMES. 0: any free ones, the same again after a restart. */
  port?: number;
  vendors?: readonly VendorName[];
  choices?: SandboxChoices;
  /** Added to every call, of all vendors or of each by its name. */
  latencyMs?: number | Partial<Record<VendorName, number>>;
}

export interface Sandboxes {
  control: ControlAccess;
  endpoints: SandboxEndpoints;
  close(): Promise<void>;
}

/** Makes one stand-in; it seeds itself from the firm when its store is empty. */
type Factory = (store: Store, ledger: Ledger, firm: Firm, credentials: SampleCredentials, choices: SandboxChoices) => Vendor;

const FACTORIES: Record<VendorName, Factory> = {
  salesforce: (store, ledger, firm, { salesforce }, choices) =>
    createSalesforce(store, ledger, firm, { ...salesforce, orgId: SAMPLE_ACCOUNTS.salesforce, ...choices.salesforce }),
  kantata: (store, ledger, firm, { kantata }, choices) =>
    createKantata(store, ledger, firm, { account: SAMPLE_ACCOUNTS.kantata, token: kantata.accessToken, ...choices.kantata }),
  workday: (store, ledger, firm, { workday }, choices) =>
    createWorkday(store, ledger, firm, { tenant: SAMPLE_ACCOUNTS.workday, ...workday, ...choices.workday }),
  netsuite: (store, ledger, firm, { netsuite }, choices) =>
    createNetsuite(store, ledger, firm, {
      account: SAMPLE_ACCOUNTS.netsuite,
      certificates: [{ id: netsuite.certificateId, clientId: netsuite.clientId, publicKey: netsuite.publicKey }],
      ...choices.netsuite,
    }),
};

/** Starts the vendors' stand-ins and the control port beside them. Rejects with the port's own error when one is in use. */
export async function startSandboxes(options: SandboxesOptions): Promise<Sandboxes> {
  const { directory, port = 0, vendors = VENDOR_NAMES, choices = {}, latencyMs = 0 } = options;
  mkdirSync(directory, { recursive: true });
  const credentials = await sampleCredentials(directory);
  const firm = createFirm(options.firm);
  const faults = new Faults();
  const started = new Map<VendorName, ControlledVendor & { store: Store }>();
  for (const name of vendors) {
    const store = new Store(join(directory, `${name}.sqlite`));
    const ledger = new Ledger(store);
    const vendor = FACTORIES[name](store, ledger, firm, credentials, choices);
    started.set(name, {
      store,
      ledger,
      server: new VendorServer(vendor, faults, typeof latencyMs === 'number' ? latencyMs : (latencyMs[name] ?? 0)),
    });
  }
  const control = new ControlServer(faults, started, keptToken(join(directory, 'control-token')));
  const ports = new Ports(directory, port);
  const servers = new Map<string, { listen(port: number): Promise<string> }>([
    ['control', control],
    ...[...started].map(([name, { server }]) => [name, server] as const),
  ]);
  const urls = await Promise.all([...servers].map(async ([name, server]) => [name, await server.listen(ports.of(name))] as const));
  ports.keep(urls);
  return {
    control: { url: Object.fromEntries(urls).control, token: control.token },
    endpoints: endpointsOf(name => started.get(name)?.server.baseUrl ?? '', credentials),
    close: async () => {
      await control.close();
      for (const { server, store } of started.values()) {
        await server.close();
        store.close();
      }
    },
  };
}

/** Which port each listens on: counted from a base, or any, kept beside the state so that a restart has the same. */
class Ports {
  readonly #file: string;
  readonly #kept: Record<string, number>;

  constructor(
    directory: string,
    private readonly base: number,
  ) {
    this.#file = join(directory, 'ports.json');
    this.#kept = existsSync(this.#file) ? (JSON.parse(readFileSync(this.#file, 'utf8')) as Record<string, number>) : {};
  }

  of(name: string): number {
    if (this.base === 0) return this.#kept[name] ?? 0;
    return this.base + ['control', ...VENDOR_NAMES].indexOf(name);
  }

  keep(urls: (readonly [string, string])[]): void {
    writeFileSync(this.#file, JSON.stringify(Object.fromEntries(urls.map(([name, url]) => [name, Number(new URL(url).port)]))));
  }
}

/** The same over restarts, as what was told to others stays good. */
function keptToken(file: string): string {
  if (!existsSync(file)) writeFileSync(file, randomBytes(24).toString('base64url'), { mode: 0o600 });
  return readFileSync(file, 'utf8');
}

const endpointsOf = (baseUrl: (name: VendorName) => string, { salesforce, kantata, workday, netsuite }: SampleCredentials): SandboxEndpoints => ({
  salesforce: { loginUrl: baseUrl('salesforce'), clientId: salesforce.clientId, clientSecret: salesforce.clientSecret, apiVersion: '67.0' },
  kantata: { baseUrl: baseUrl('kantata'), accessToken: kantata.accessToken },
  workday: {
    wsdl: `${baseUrl('workday')}/ccx/service/${SAMPLE_ACCOUNTS.workday}/Human_Resources/v44.2?wsdl`,
    username: workday.username,
    password: workday.password,
  },
  netsuite: {
    baseUrl: baseUrl('netsuite'),
    tokenUrl: `${baseUrl('netsuite')}/services/rest/auth/oauth2/v1/token`,
    accountId: SAMPLE_ACCOUNTS.netsuite,
    clientId: netsuite.clientId,
    certificateId: netsuite.certificateId,
    privateKeyFile: netsuite.privateKeyFile,
    alg: 'PS256',
  },
});
