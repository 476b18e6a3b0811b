import { badParameter } from './errors.js';
import type { NetsuiteRow } from './row.js';
import type { RecordType } from './schema.js';

type Test = (row: NetsuiteRow) => boolean;
type Token = { kind: 'word' | 'string' | 'number' | 'mark'; text: string };

const bad = (what: string) => badParameter(`Invalid query parameter value. ${what}`, 'q');

/**
 * The `q` filter of a list: `field OPERATOR value`, joined by AND and OR with parentheses. It
 * covers body fields only. Each operator has a `_NOT` twin; dates are in the account's format
 * (MM/DD/YYYY).
 */
export function parseFilter(text: string, type: RecordType): Test {
  const tokens = tokenise(text);
  const parser = new FilterParser(tokens, type);
  return parser.all();
}

function tokenise(text: string): Token[] {
  const tokens: Token[] = [];
  const pattern = /\s*(?:"((?:[^"\\]|\\.)*)"|(-?\d+(?:\.\d+)?)(?![\w/])|([()[\],])|([A-Za-z0-9_./:-]+))/y;
  while (pattern.lastIndex < text.trimEnd().length) {
    const match = pattern.exec(text);
    if (!match) throw bad(`Unexpected character in '${text}'.`);
    const [, string, number, mark, word] = match;
    if (string !== undefined) tokens.push({ kind: 'string', text: string.replace(/\\(.)/g, '$1') });
    else if (number !== undefined) tokens.push({ kind: 'number', text: number });
    else if (mark !== undefined) tokens.push({ kind: 'mark', text: mark });
    else tokens.push({ kind: 'word', text: word });
  }
  return tokens;
}

class FilterParser {
  #at = 0;

  constructor(
    private readonly tokens: Token[],
    private readonly type: RecordType,
  ) {}

  all(): Test {
    const test = this.#or();
    if (this.#at < this.tokens.length) throw bad(`Unexpected '${this.tokens[this.#at].text}'.`);
    return test;
  }

  #or(): Test {
    const tests = [this.#and()];
    while (this.#takes('OR')) tests.push(this.#and());
    return row => tests.some(test => test(row));
  }

  #and(): Test {
    const tests = [this.#term()];
    while (this.#takes('AND')) tests.push(this.#term());
    return row => tests.every(test => test(row));
  }

  #term(): Test {
    if (this.#takes('(')) {
      const inner = this.#or();
      if (!this.#takes(')')) throw bad("')' is missing.");
      return inner;
    }
    const name = this.#next('a field').text;
    const read = this.#field(name);
    const given = this.#next('an operator').text.toUpperCase();
    const negated = given.endsWith('_NOT');
    const operator = negated ? given.slice(0, -4) : given;
    const test = this.#operation(operator, name, read);
    return negated ? row => !test(row) : test;
  }

  #field(name: string): (row: NetsuiteRow) => unknown {
    if (name === 'id') return row => row.id;
    if (name === 'externalId') return row => row.externalId;
    const field = this.type.fields[name];
    if (!field || field.kind === 'lines' || field.kind === 'part' || field.kind === 'references')
      throw bad(`Record ${this.type.name} has no field '${name}' to filter by.`);
    return row => row.values[name];
  }

  #operation(operator: string, name: string, read: (row: NetsuiteRow) => unknown): Test {
    if (operator === 'EMPTY') return row => read(row) === undefined;
    if (operator in STRINGS) {
      const value = this.#next('a value').text;
      const test = STRINGS[operator];
      return row => test(asText(read(row)), value.toLowerCase());
    }
    if (operator in DATES) {
      const value = this.#next('a date').text;
      const day = /^(\d{1,2})\/(\d{1,2})\/(\d{4})$/.exec(value);
      if (!day) throw bad(`'${value}' is not a date MM/DD/YYYY.`);
      const iso = `${day[3]}-${day[1].padStart(2, '0')}-${day[2].padStart(2, '0')}`;
      return row => read(row) !== undefined && DATES[operator](String(read(row)).slice(0, 10), iso);
    }
    if (operator in NUMBERS) {
      const value = this.#number();
      return row => read(row) !== undefined && NUMBERS[operator](Number(read(row)), value);
    }
    if (operator === 'ANY_OF') {
      const values = this.#list();
      return row => read(row) !== undefined && values.includes(Number(read(row)));
    }
    if (operator === 'BETWEEN' || operator === 'WITHIN') {
      const [low, high] = this.#list();
      return row => read(row) !== undefined && Number(read(row)) >= low && Number(read(row)) <= high;
    }
    throw bad(`Operator '${operator}' does not exist for the field ${name}.`);
  }

  #number(): number {
    const token = this.#next('a number');
    if (token.kind !== 'number') throw bad(`'${token.text}' is not a number.`);
    return Number(token.text);
  }

  #list(): number[] {
    if (!this.#takes('[')) throw bad("'[' is missing.");
    const values = [this.#number()];
    while (this.#takes(',')) values.push(this.#number());
    if (!this.#takes(']')) throw bad("']' is missing.");
    return values;
  }

  #next(what: string): Token {
    const token = this.tokens[this.#at++];
    if (!token) throw bad(`${what} is missing.`);
    return token;
  }

  #takes(text: string): boolean {
    const token = this.tokens[this.#at];
    if (!token || token.kind === 'string' || token.text.toUpperCase() !== text) return false;
    this.#at++;
    return true;
  }
}

const asText = (value: unknown): string => (value === undefined ? '' : String(value).toLowerCase());

const STRINGS: Record<string, (field: string, value: string) => boolean> = {
  IS: (field, value) => field === value,
  CONTAIN: (field, value) => field.includes(value),
  START_WITH: (field, value) => field.startsWith(value),
  END_WITH: (field, value) => field.endsWith(value),
};

const NUMBERS: Record<string, (field: number, value: number) => boolean> = {
  EQUAL: (field, value) => field === value,
  GREATER: (field, value) => field > value,
  GREATER_OR_EQUAL: (field, value) => field >= value,
  LESS: (field, value) => field < value,
  LESS_OR_EQUAL: (field, value) => field <= value,
};

const DATES: Record<string, (field: string, value: string) => boolean> = {
  ON: (field, value) => field === value,
  BEFORE: (field, value) => field < value,
  AFTER: (field, value) => field > value,
  ON_OR_BEFORE: (field, value) => field <= value,
  ON_OR_AFTER: (field, value) => field >= value,
};
