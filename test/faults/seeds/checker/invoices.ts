import { centsIn } from './amounts.js';
import type { Fields, Held, LedgerEntry } from './evidence.js';

/** A charge says itself which invoice it is on. */
export const invoiceOf = (record: Fields): string | undefined => (record.invoice as { id?: string } | undefined)?.id;

/** What finance has billed: transactions by the invoices that name them. */
export class Invoices {
  /** Invoice -> type and id of each transaction on it -> cents. */
  readonly #live = new Map<string, Map<string, bigint>>();

  take({ id, after }: LedgerEntry): void {
    const invoice = after as Fields | null;
    if (invoice === null || (invoice.status as { id?: string } | undefined)?.id === 'V') this.#live.delete(id);
    else
      this.#live.set(
        id,
        new Map([
          ...amountsOn(invoice, 'time', 'timeBill', 'doc'),
          ...amountsOn(invoice, 'expCost', 'expenseReport', 'doc'),
          ...amountsOn(invoice, 'item', 'charge', 'charge'),
        ]),
      );
  }

  /** What it is billed at by each invoice that it is on. */
  on({ type, id }: Pick<Held, 'type' | 'id'>): bigint[] {
    return [...this.#live.values()].flatMap(lines => lines.get(`${type} ${id}`) ?? []);
  }
}

function amountsOn(invoice: Fields, sublist: string, type: string, reference: string): [string, bigint][] {
  const { items = [] } = (invoice[sublist] ?? {}) as { items?: Fields[] };
  return items.flatMap(line => {
    const named = line[reference] as { id: string } | undefined;
    return named ? [[`${type} ${named.id}`, centsIn(line.amount)]] : [];
  });
}
