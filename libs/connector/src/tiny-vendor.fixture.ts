import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  Faults,
  Ledger,
  Store,
  type Table,
  type Vendor,
  type VendorAnswer,
  type VendorCall,
  type VendorRefusal,
  type VendorRequest,
  VendorServer,
} from '../../../apps/sandbox/src/kit/index.js';

export interface Thing {
  id: string;
  ref: string;
  parent: string;
  name: string;
  archived: boolean;
}

/**
 * A vendor with nothing but look-up: things bear our reference, two may bear the same one, no request is known again. Also an upsert
 * by key (`/named/{key}`), things whose reference is unique (`/unique`), a token endpoint whose tokens it can revoke, and an echo.
 */
class TinyVendor implements Vendor {
  readonly name = 'kantata' as const;
  readonly things: Table<Thing>;
  readonly named: Table<{ id: string; name: string }>;
  readonly #byRef: (ref: string) => Thing[];
  readonly #byParent: (parent: string) => Thing[];
  token = 'token-1';
  tokens = 0;
  /** References that were refused, since a thing had them. */
  readonly taken: string[] = [];

  constructor(
    private readonly store: Store,
    private readonly ledger: Ledger,
    readonly concurrency?: number,
  ) {
    this.things = store.table<Thing>('thing');
    this.named = store.table('named');
    this.#byRef = this.things.index(thing => thing.ref);
    this.#byParent = this.things.index(thing => thing.parent);
  }

  classify({ method, path }: VendorRequest): VendorCall {
    if (path === '/token') return { kind: 'auth', type: 'token', operation: 'create' };
    const type = path.split('/')[1];
    return method === 'GET' ? { kind: 'read', type, operation: 'list' } : { kind: 'write', type, operation: method === 'POST' ? 'create' : 'update' };
  }

  handle(request: VendorRequest): VendorAnswer {
    const [, resource, id] = request.path.split('/');
    if (resource === 'token') {
      this.token = `token-${++this.tokens}`;
      return { status: 200, body: { access_token: this.token, expires_in: '3600' } };
    }
    const { authorization, 'x-tiny-key': key } = request.headers;
    if (authorization !== `Bearer ${this.token}` && key !== this.token) return { status: 401, body: { error: 'bad token' } };
    if (resource === 'echo') return { status: 200, body: { headers: request.headers, query: [...request.query], body: request.body } };
    if (resource === 'refuses') return { status: 422, body: { error: `the token ${this.token} may not do that` } };
    if (request.method === 'GET') return { status: 200, body: id === undefined ? this.#find(request) : this.things.get(id) };
    return this.store.transaction(() => this.#write(request, resource, id));
  }

  throttled = (): VendorAnswer => ({ status: 429, body: { error: 'too many' } });
  failed = (_request: VendorRequest, status: number): VendorAnswer => ({ status, body: { error: 'failed' } });
  refused = (_request: VendorRequest, { code, message, status = 400 }: VendorRefusal): VendorAnswer => ({ status, body: { code, error: message } });
  down = (): VendorAnswer => ({ status: 503, body: '<html>maintenance</html>' });

  #find({ query }: VendorRequest): Thing[] {
    const parent = query.get('parent');
    return parent === null ? this.#byRef(query.get('ref') ?? '') : this.#byParent(parent);
  }

  #write({ method, body }: VendorRequest, resource: string, id: string): VendorAnswer {
    if (resource === 'named') {
      const { name } = JSON.parse(body) as { name: string };
      this.named.put({ id, name });
      this.ledger.record({ operation: 'update', type: 'named', id, externalId: id, before: null, after: { name } });
      return { status: 200, body: { id } };
    }
    if (resource === 'unique') return this.#createUnique(JSON.parse(body) as Partial<Thing>);
    if (method === 'POST') return { status: 201, body: [JSON.parse(body) as Partial<Thing>].flat().map(one => this.#create(one)) };
    const before = this.things.get(id);
    if (!before) return { status: 404, body: { error: 'no such thing' } };
    this.things.put({ ...before, ...(JSON.parse(body) as Partial<Thing>) });
    return { status: 200, body: this.things.get(id) };
  }

  #createUnique(one: Partial<Thing>): VendorAnswer {
    if (!one.ref) return { status: 422, body: { code: 'NO_REF', error: 'a thing needs a reference' } };
    const [there] = this.#byRef(one.ref);
    if (there) this.taken.push(one.ref);
    if (there) return { status: 409, body: { code: 'TAKEN', error: `${one.ref} is taken`, id: there.id } };
    return { status: 201, body: this.#create(one) };
  }

  #create({ ref = '', parent = '', name = '' }: Partial<Thing>): Thing {
    const thing = { id: String(this.store.next('thing', 100)), ref, parent, name, archived: false };
    this.things.put(thing);
    this.ledger.record({ operation: 'create', type: 'thing', id: thing.id, externalId: ref, before: null, after: thing });
    return thing;
  }
}

export async function startTinyVendor(o: { concurrency?: number; latencyMs?: number } = {}) {
  const directory = mkdtempSync(join(tmpdir(), 'throughline-tiny-'));
  const store = new Store(join(directory, 'tiny.db'));
  const ledger = new Ledger(store);
  const vendor = new TinyVendor(store, ledger, o.concurrency);
  const faults = new Faults();
  const server = new VendorServer(vendor, faults, o.latencyMs);
  const url = await server.listen(0);
  const close = async () => {
    await server.close();
    store.close();
    rmSync(directory, { recursive: true, force: true });
  };
  return {
    url,
    vendor,
    faults,
    ledger,
    server,
    close,
    all: (ref: string) => vendor.things.all().filter(thing => thing.ref === ref),
    live: (ref: string) => vendor.things.all().filter(thing => thing.ref === ref && !thing.archived),
    calls: () => server.calls.toJSON(),
    onWrite: (action: Parameters<Faults['plan']>[0]['action'], o2: Partial<Parameters<Faults['plan']>[0]> = {}) =>
      faults.plan({ match: { vendor: 'kantata', kind: 'write', type: 'things', operation: 'create' }, nth: 1, ...o2, action }),
    onRead: (action: Parameters<Faults['plan']>[0]['action'], o2: Partial<Parameters<Faults['plan']>[0]> = {}) =>
      faults.plan({ match: { vendor: 'kantata', kind: 'read' }, nth: 1, ...o2, action }),
  };
}
export type RunningTinyVendor = Awaited<ReturnType<typeof startTinyVendor>>;
