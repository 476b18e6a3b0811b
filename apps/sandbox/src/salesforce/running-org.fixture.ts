import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import jsforce, { type Connection } from 'jsforce';
import { createFirm } from '../firm/create-firm.js';
import { Faults, Ledger, Store, VendorServer } from '../kit/index.js';
import { createSalesforce, type SalesforceOptions } from './index.js';

export const firm = createFirm();
export const credentials = { clientId: 'sample-client', clientSecret: 'sample-secret' };

/** The org on a port of its own, with its state in a temporary folder. */
export class RunningOrg {
  url = '';
  readonly faults = new Faults();
  store: Store;
  ledger: Ledger;
  server: VendorServer;

  readonly #directory = mkdtempSync(join(tmpdir(), 'salesforce-'));

  constructor(private readonly options: Partial<SalesforceOptions> = {}) {}

  async start(): Promise<this> {
    this.store = new Store(join(this.#directory, 'salesforce.sqlite'));
    this.ledger = new Ledger(this.store);
    this.server = new VendorServer(createSalesforce(this.store, this.ledger, firm, { ...credentials, ...this.options }), this.faults);
    this.url = await this.server.listen(0);
    return this;
  }

  async stop(): Promise<void> {
    await this.server.close();
    this.store.close();
  }

  async remove(): Promise<void> {
    await this.stop();
    rmSync(this.#directory, { recursive: true });
  }

  /**
   * A jsforce connection, logged in by client credentials, that logs in again when its session
   * ends.
   */
  async connect(version = '67.0'): Promise<Connection> {
    const oauth2 = new jsforce.OAuth2({ loginUrl: this.url, ...credentials });
    const connection = new jsforce.Connection({
      oauth2,
      instanceUrl: this.url,
      version,
      refreshFn: (_, callback) =>
        void oauth2.requestToken({ grant_type: 'client_credentials' }).then(
          ({ access_token }) => callback(null, access_token),
          (error: Error) => callback(error),
        ),
    });
    await connection.authorize({ grant_type: 'client_credentials' });
    return connection;
  }
}
