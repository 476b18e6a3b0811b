import { Problem } from '#canonical';

/** No list has more pages; a vendor that says so is wrong. */
const MOST_PAGES = 100_000;

/**
 * Checks one list's pages: a page with a successor must contain rows, must lead to another page,
 * and the list must end.
 */
export class Paging {
  #pages = 0;
  readonly #seen = new Set<string>();

  constructor(
    private readonly vendor: string,
    private readonly mostPages = MOST_PAGES,
  ) {}

  /**
   * Notes a page. `next` names the following page, where the vendor gives a link or a position.
   * Throws `vendor-unavailable`, code `malformed-answer`.
   */
  page(rows: number, more: boolean, next?: string): void {
    if (!more) return;
    if (rows === 0) throw this.#malformed('shows an empty page and says that there are more');
    if (++this.#pages >= this.mostPages) throw this.#malformed(`shows more than ${this.mostPages} pages`);
    if (next === undefined) return;
    if (this.#seen.has(next)) throw this.#malformed('says that the next page is one that was read');
    this.#seen.add(next);
  }

  #malformed(what: string): Problem {
    return new Problem('vendor-unavailable', `${this.vendor} ${what}`, { code: 'malformed-answer' });
  }
}
