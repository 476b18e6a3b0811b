/** Reads fields of data that people wrote, and notes what is wrong with each: `consumers[0].told`. */
export class Fields {
  readonly #data: Record<string, unknown>;

  constructor(
    data: unknown,
    private readonly faults: string[],
    private readonly within = '',
  ) {
    const object = isObject(data);
    if (!object) faults.push(`${within || 'the file'}: it is not an object with fields`);
    this.#data = object ? data : {};
  }

  /** Whatever else is there is a fault: a misspelt field would be one that is left out. */
  only(...fields: string[]): this {
    for (const key of Object.keys(this.#data)) {
      if (!fields.includes(key)) this.faults.push(`${this.#path(key)}: there is no such field`);
    }
    return this;
  }

  text(field: string, rule?: { readonly matches: RegExp; readonly says: string }): string {
    const value = this.#data[field];
    if (typeof value !== 'string' || value.trim() === '') return this.#fault(field, 'it has to be a text');
    if (rule && !rule.matches.test(value)) return this.#fault(field, rule.says);
    return value;
  }

  /** A text, or null for none. */
  textOrNull(field: string): string | null {
    return this.#data[field] === null ? null : this.text(field);
  }

  /** A day of the calendar. */
  day(field: string): string {
    const value = this.#data[field];
    const day = typeof value === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(value) ? new Date(`${value}T00:00:00Z`) : undefined;
    if (!day || Number.isNaN(day.getTime()) || !day.toISOString().startsWith(value as string))
      return this.#fault(field, 'it has to be a day, YYYY-MM-DD');
    return value as string;
  }

  list<T>(field: string, least: number, item: (fields: Fields) => T): T[] {
    const value = this.#data[field];
    if (!Array.isArray(value) || value.length < least) {
      this.#fault(field, least === 0 ? 'it has to be a list' : `it has to be a list of at least ${least}`);
      return [];
    }
    return value.map((one, at) => item(new Fields(one, this.faults, `${this.#path(field)}[${at}]`)));
  }

  #fault(field: string, rule: string): '' {
    this.faults.push(`${this.#path(field)}: ${rule}`);
    return '';
  }

  #path(field: string): string {
    return this.within === '' ? field : `${this.within}.${field}`;
  }
}

const isObject = (data: unknown): data is Record<string, unknown> => typeof data === 'object' && data !== null && !Array.isArray(data);
