import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createDoor, listen, readBody, refusePages, shut } from '#service/door';
import { type FaultyVendors, faultHelp, FaultRefused, readFault } from './fault-form.js';
import type { Faults } from './faults.js';
import type { Ledger } from './ledger.js';
import { SettingsRefused } from './vendor.js';
import type { VendorServer } from './vendor-server.js';

/** The control port's address, and the token that its users must send. */
export interface ControlAccess {
  url: string;
  token: string;
}

/** A fault or settings; the form of a fault is some hundred bytes. */
const BODY_BYTES = 100_000;

export interface ControlledVendor {
  server: VendorServer;
  ledger: Ledger;
}

/**
 * The sandboxes' control port, for tests and demos; a real vendor has nothing like it.
 *
 * It plans kills of processes, so everything except its root requires the token, as
 * `authorization: Bearer …`, and bodies must be declared as JSON. A foreign page in a browser on
 * this machine can send neither without a preflight, and is never allowed to.
 *
 *   GET    /                  these controls and the form of a fault
 *   POST   /faults            plan a fault (see Fault); answers it with its id, or 400 with each wrong field
 *   GET    /faults            the planned faults, and how often each was seen and delivered
 *   DELETE /faults[/{id}]     remove them
 *   GET    /calls             calls per vendor: { salesforce: { "read Opportunity query 200": 12 }, … }
 *   GET    /ledger/{vendor}?after=0&limit=10000   committed writes: { rows: LedgerRow[] }
 *   GET    /settings/{vendor}  settings that can be changed while it runs: { processors: 5, … }
 *   PUT    /settings/{vendor}  changes the named ones; kept over restarts
 */
export class ControlServer {
  readonly #server: Server;
  readonly #faulty: FaultyVendors;

  constructor(
    private readonly faults: Faults,
    private readonly vendors: Map<string, ControlledVendor>,
    readonly token: string,
  ) {
    this.#faulty = new Map([...vendors].map(([name, { server }]) => [name, server.vendor.notices ?? []]));
    this.#server = createDoor('control', async (request, response) => {
      refusePages(request);
      const { status, body } = this.#refusal(request) ?? (await this.#answer(request).catch(refused));
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    });
  }

  async listen(port: number): Promise<string> {
    await listen(this.#server, port, '127.0.0.1');
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  close(): Promise<void> {
    return shut(this.#server);
  }

  /** Why the request is refused, if it is. */
  #refusal({ method, url, headers }: IncomingMessage): { status: number; body: object } | undefined {
    const { 'content-type': type, authorization } = headers;
    if (method === 'GET' && url === '/') return undefined;
    if (!same(authorization, `Bearer ${this.token}`))
      return { status: 401, body: { error: 'Say who you are: authorization: Bearer and the faultsToken of .data/endpoints.json.' } };
    if ((method === 'POST' || method === 'PUT') && !/^application\/json\b/i.test(type ?? ''))
      return { status: 415, body: { error: 'Say that the body is JSON: content-type: application/json.' } };
    return undefined;
  }

  async #answer(request: IncomingMessage): Promise<{ status: number; body: unknown }> {
    const url = new URL(`http://control${request.url ?? '/'}`);
    const [, resource, id] = url.pathname.split('/');
    switch (`${request.method} ${resource}`) {
      case 'GET ':
        return { status: 200, body: { controls: CONTROLS, fault: faultHelp(this.#faulty) } };
      case 'POST faults':
        return { status: 201, body: this.faults.plan(readFault(await readJson(request, 'fault'), this.#faulty)) };
      case 'GET faults':
        return { status: 200, body: this.faults.list() };
      case 'DELETE faults':
        if (id) this.faults.remove(id);
        else this.faults.clear();
        return { status: 200, body: {} };
      case 'GET calls':
        return { status: 200, body: Object.fromEntries([...this.vendors].map(([name, { server }]) => [name, server.calls])) };
      case 'GET ledger': {
        const vendor = this.vendors.get(id ?? '');
        if (!vendor) return { status: 404, body: { error: `no sandbox ${id}` } };
        return {
          status: 200,
          body: { rows: vendor.ledger.rows(Number(url.searchParams.get('after') ?? 0), Number(url.searchParams.get('limit') ?? 10_000)) },
        };
      }
      case 'GET settings':
      case 'PUT settings': {
        const settings = this.vendors.get(id ?? '')?.server.vendor.settings;
        if (!settings) return { status: 404, body: { error: `no settings of ${id}` } };
        if (request.method === 'PUT') settings.change(await readJson(request, 'settings'));
        return { status: 200, body: settings.read() };
      }
      default:
        return { status: 404, body: { error: `${request.method} ${url.pathname} is not a control; GET / tells what is` } };
    }
  }
}

const CONTROLS = {
  'POST /faults': 'plans a fault; answers it with its id',
  'GET /faults': 'the planned faults, with how often each was seen and delivered',
  'DELETE /faults': 'forgets all faults',
  'DELETE /faults/{id}': 'forgets one',
  'GET /calls': 'calls per vendor, by kind, type, operation and status',
  'GET /ledger/{vendor}?after=0&limit=10000': 'committed writes, oldest first',
  'GET /settings/{vendor}': 'what can be changed while it runs',
  'PUT /settings/{vendor}': 'changes the settings that are named',
};

/** What is wrong with a fault or settings; the door answers everything else. */
function refused(error: unknown): { status: number; body: object } {
  if (error instanceof FaultRefused) return { status: 400, body: { error: `The fault can't be planned: ${error.message}.`, fields: error.fields } };
  if (error instanceof SettingsRefused)
    return { status: 400, body: { error: `The settings can't be changed: ${error.message}.`, fields: error.fields } };
  throw error;
}

async function readJson(request: IncomingMessage, what: 'fault' | 'settings'): Promise<Record<string, unknown>> {
  const read = parsed(await readBody(request, BODY_BYTES));
  if (typeof read === 'object' && read !== null && !Array.isArray(read)) return read as Record<string, unknown>;
  if (what === 'settings') throw new SettingsRefused([{ field: 'settings', message: 'must be a JSON object' }]);
  throw new FaultRefused([{ field: 'fault', message: 'must be a JSON object; GET / shows one' }]);
}

/** Compares in a time that does not reveal how much was right. */
function same(said: string | undefined, expected: string): boolean {
  const [one, other] = [Buffer.from(said ?? ''), Buffer.from(expected)];
  return one.length === other.length && timingSafeEqual(one, other);
}

/** Undefined when it is no JSON. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
