import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createFirm, type FirmOptions } from './firm/create-firm.js';
import {
  type ControlAccess,
  ControlServer,
  type ControlledVendor,
  Faults,
  Ledger,
  type SandboxRow,
  Store,
  type Tenant,
  VendorServer,
} from './kit/index.js';
import { SANDBOX_VENDORS, type VendorName } from './vendors.js';

type TenantOf<Name extends VendorName> = Awaited<ReturnType<(typeof SANDBOX_VENDORS)[Name]['open']>>;

/** How to reach each stand-in, as a real tenant's administrator would tell a client. */
export type SandboxEndpoints = { [Name in VendorName]: ReturnType<TenantOf<Name>['endpoint']> };

/**
 * Options of each vendor besides its credentials: switches for points that its contract sheet
 * leaves open, and limits.
 */
export type SandboxChoices = { [Name in VendorName]?: Parameters<TenantOf<Name>['create']>[3] };

export interface SandboxesOptions {
  /** One file of state per vendor; kept over restarts. */
  directory: string;
  firm?: FirmOptions;
  /**
   * The control port; the vendors follow it, in the order of their rows. 0: any free ones, the same
   * again after a restart.
   */
  port?: number;
  vendors?: readonly VendorName[];
  choices?: SandboxChoices;
  /** People watch: some vendors take their time. Within a test's own process they take none. */
  watched?: boolean;
  /** Added to every call, of all vendors or of each by its name. */
  latencyMs?: number | Partial<Record<VendorName, number>>;
}

export interface Sandboxes {
  control: ControlAccess;
  endpoints: SandboxEndpoints;
  /** The settings that point Throughline at them. */
  settings: Record<string, string>;
  /** By the product's name for people. */
  addresses: Record<string, string>;
  close(): Promise<void>;
}

/**
 * Starts the vendors' stand-ins and the control port. Rejects with the port's own error when one is
 * in use.
 */
export async function startSandboxes(
  { directory, port = 0, vendors, firm: size, choices = {}, watched = false, latencyMs = 0 }: SandboxesOptions,
  rows: Record<string, SandboxRow> = SANDBOX_VENDORS,
): Promise<Sandboxes> {
  mkdirSync(directory, { recursive: true });
  const firm = createFirm(size);
  const faults = new Faults();
  const started = new Map<string, RunningVendor>();
  for (const [name, row] of Object.entries(rows)) {
    if (vendors && !vendors.includes(name as VendorName)) continue;
    const tenant = await row.open({ account: row.account, directory });
    const store = new Store(join(directory, `${name}.sqlite`));
    const ledger = new Ledger(store);
    const vendor = tenant.create(store, ledger, firm, { ...(watched ? tenant.watched : {}), ...choices[name as VendorName] });
    const latency = typeof latencyMs === 'number' ? latencyMs : (latencyMs[name as VendorName] ?? 0);
    started.set(name, { row, tenant, store, ledger, server: new VendorServer(vendor, faults, latency) });
  }
  const control = new ControlServer(faults, started, keptToken(join(directory, 'control-token')));
  const ports = new Ports(directory, port, Object.keys(rows));
  const servers = new Map<string, { listen(port: number): Promise<string> }>([
    ['control', control],
    ...[...started].map(([name, { server }]) => [name, server] as const),
  ]);
  const urls = await Promise.all([...servers].map(async ([name, server]) => [name, await server.listen(ports.of(name))] as const));
  ports.keep(urls);
  const endpoints = [...started].map(([name, { tenant, server }]) => [name, tenant.endpoint(server.baseUrl)] as const);
  return {
    control: { url: Object.fromEntries(urls).control, token: control.token },
    endpoints: Object.fromEntries(endpoints) as SandboxEndpoints,
    settings: Object.assign({}, ...endpoints.map(([name, endpoint]) => started.get(name)!.tenant.settings(endpoint))) as Record<string, string>,
    addresses: Object.fromEntries([...started.values()].map(({ row, server }) => [row.title, server.baseUrl])),
    close: async () => {
      await control.close();
      for (const { server, store } of started.values()) {
        await server.close();
        store.close();
      }
    },
  };
}

interface RunningVendor extends ControlledVendor {
  row: SandboxRow;
  tenant: Tenant;
  store: Store;
}

/**
 * The ports to listen on: counted from a base, or any free ones. They are stored with the state, so
 * that a restart uses the same.
 */
class Ports {
  readonly #file: string;
  readonly #kept: Record<string, number>;

  constructor(
    directory: string,
    private readonly base: number,
    private readonly names: string[],
  ) {
    this.#file = join(directory, 'ports.json');
    this.#kept = existsSync(this.#file) ? (JSON.parse(readFileSync(this.#file, 'utf8')) as Record<string, number>) : {};
  }

  of(name: string): number {
    if (this.base === 0) return this.#kept[name] ?? 0;
    return this.base + ['control', ...this.names].indexOf(name);
  }

  keep(urls: (readonly [string, string])[]): void {
    writeFileSync(this.#file, JSON.stringify(Object.fromEntries(urls.map(([name, url]) => [name, Number(new URL(url).port)]))));
  }
}

/** The same over restarts, because others already know the token. */
function keptToken(file: string): string {
  if (!existsSync(file)) writeFileSync(file, randomBytes(24).toString('base64url'), { mode: 0o600 });
  return readFileSync(file, 'utf8');
}
