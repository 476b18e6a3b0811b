import type { ControlAccess, Fault, LedgerRow } from '../../../apps/sandbox/src/kit/index.js';

export type { FaultMatch } from '../../../apps/sandbox/src/kit/index.js';
export type PlannedFault = Fault & { seen: number; delivered: number };

/** The sandboxes' control port (apps/sandbox/src/kit/control.ts), typed. */
export class SandboxControl {
  constructor(private readonly access: ControlAccess) {}

  planFault(fault: Omit<Fault, 'id'>): Promise<Fault> {
    return this.#call<Fault>('POST', '/faults', fault);
  }

  faults(): Promise<PlannedFault[]> {
    return this.#call('GET', '/faults');
  }

  /** Removes one fault, or all. */
  async clearFaults(id?: string): Promise<void> {
    await this.#call('DELETE', id ? `/faults/${id}` : '/faults');
  }

  /** Calls per vendor so far, by `kind type operation status`. */
  calls(): Promise<Record<string, Record<string, number>>> {
    return this.#call('GET', '/calls');
  }

  /**
   * Changes a vendor's settings while it runs and returns them all: NetSuite's `processors` and
   * `msPerRecord`. Kept over restarts.
   */
  changeSettings(vendor: string, values: Record<string, number>): Promise<Record<string, number>> {
    return this.#call('PUT', `/settings/${vendor}`, values);
  }

  /** Every committed write after `after`, oldest first. */
  async ledger(vendor: string, after = 0): Promise<LedgerRow[]> {
    return (await this.#call<{ rows: LedgerRow[] }>('GET', `/ledger/${vendor}?after=${after}&limit=1000000`)).rows;
  }

  async #call<T>(method: string, path: string, body?: unknown): Promise<T> {
    const { url, token } = this.access;
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const answer = await fetch(url + path, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as T;
  }
}
