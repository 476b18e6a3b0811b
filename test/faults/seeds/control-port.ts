import type { ControlAccess, Fault, LedgerRow } from '../../../apps/sandbox/src/kit/index.js';

export type PlannedAtSandbox = Fault & { seen: number; delivered: number };

/** The sandboxes' control port: plans faults, tells what was delivered, and shows the ledgers. Waits out a restart of the sandboxes. */
export class ControlPort {
  constructor(private readonly access: ControlAccess) {}

  plan(fault: Omit<Fault, 'id'>): Promise<Fault> {
    return this.#call('POST', '/faults', fault);
  }

  faults(): Promise<PlannedAtSandbox[]> {
    return this.#call('GET', '/faults');
  }

  async clear(): Promise<void> {
    await this.#call('DELETE', '/faults');
  }

  calls(): Promise<Record<string, Record<string, number>>> {
    return this.#call('GET', '/calls');
  }

  /** Changes what can be changed of a vendor while it runs. */
  async changeSettings(vendor: 'salesforce' | 'kantata' | 'netsuite', settings: object): Promise<void> {
    await this.#call('PUT', `/settings/${vendor}`, settings);
  }

  /** Every committed write, oldest first, from after `after`. */
  async ledger(vendor: 'salesforce' | 'kantata' | 'netsuite', after = 0): Promise<LedgerRow[]> {
    return (await this.#call<{ rows: LedgerRow[] }>('GET', `/ledger/${vendor}?after=${after}&limit=10000000`)).rows;
  }

  async #call<T>(method: string, path: string, body?: unknown): Promise<T> {
    const { url, token } = this.access;
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const answer = await fetch(url + path, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as T;
  }
}
