import { soqlError } from './soql-error.js';
import { isDateLiteral } from './date-literals.js';
import { tokens, type Token } from './tokens.js';
import type { AggregateName, Comparison, Condition, Item, Literal, Name, Operand, Order, Path, Query } from './tree.js';

const AGGREGATES = new Set(['COUNT', 'COUNT_DISTINCT', 'SUM', 'AVG', 'MIN', 'MAX']);
const RESERVED = new Set([
  'SELECT',
  'FROM',
  'WHERE',
  'AND',
  'OR',
  'NOT',
  'IN',
  'LIKE',
  'GROUP',
  'BY',
  'HAVING',
  'ORDER',
  'ASC',
  'DESC',
  'NULLS',
  'LIMIT',
  'OFFSET',
  'NULL',
  'TRUE',
  'FALSE',
  'INCLUDES',
  'EXCLUDES',
]);

/**
 * Parses SOQL by recursive descent and keeps the position of every name. The npm parsers give a tree
 * without positions (and flatten parentheses) and have messages of their own. A client expects the
 * vendor's caret, so the grammar is ours.
 *
 *   query     := SELECT item (, item)* FROM name [alias] [WHERE cond] [GROUP BY path (, path)*] [HAVING cond]
 *                [ORDER BY order (, order)*] [LIMIT n] [OFFSET n]
 *   item      := path [alias] | aggregate [alias] | FIELDS(ALL|STANDARD|CUSTOM) | ( query )
 *   cond      := unary (AND unary)* | unary (OR unary)*        -- the two don't mix without parentheses
 *   unary     := NOT unary | ( cond ) | operand (= != <> < <= > >= LIKE) literal | operand [NOT] IN list | operand INCLUDES|EXCLUDES list
 */
export function parseSoql(text: string): Query {
  const parser = new Parser(text);
  const query = parser.query();
  parser.end();
  return query;
}

class Parser {
  readonly #tokens: Token[];
  #next = 0;

  constructor(private readonly text: string) {
    this.#tokens = tokens(text);
  }

  query(): Query {
    this.#expect('SELECT');
    const items = this.#list(() => this.#item());
    this.#expect('FROM');
    const from = this.#name();
    while (this.#symbol('.')) from.name += `.${this.#name().name}`;
    const alias = this.#alias();
    const query: Query = { text: this.text, items, from, groupBy: [], orderBy: [], ...(alias ? { alias } : {}) };
    if (this.#keyword('WHERE')) query.where = this.#condition();
    if (this.#keyword('GROUP')) {
      this.#expect('BY');
      query.groupBy = this.#list(() => this.#path());
    }
    if (this.#keyword('HAVING')) query.having = this.#condition();
    if (this.#keyword('ORDER')) {
      this.#expect('BY');
      query.orderBy = this.#list(() => this.#order());
    }
    if (this.#keyword('LIMIT')) query.limit = this.#whole();
    if (this.#keyword('OFFSET')) query.offset = this.#whole();
    return query;
  }

  end(): void {
    if (this.#peek().kind !== 'end') throw this.#unexpected();
  }

  #item(): Item {
    const at = this.#peek().at;
    if (this.#symbol('(')) {
      const query = this.query();
      this.#close();
      return { kind: 'children', query };
    }
    if (this.#isCall('FIELDS')) {
      this.#next += 2;
      const which = this.#peek().text.toUpperCase();
      if (which !== 'ALL' && which !== 'STANDARD' && which !== 'CUSTOM') throw this.#unexpected();
      this.#next++;
      this.#close();
      return { kind: 'fields', which, at };
    }
    const operand = this.#operand();
    const alias = this.#alias();
    return operand.kind === 'field' ? { ...operand, ...(alias ? { alias } : {}) } : { ...operand, ...(alias ? { alias } : {}) };
  }

  #operand(): Operand {
    const token = this.#peek();
    const fn = token.text.toUpperCase();
    if (token.kind !== 'word' || !AGGREGATES.has(fn) || !this.#isCall(fn)) return { kind: 'field', path: this.#path() };
    this.#next += 2;
    const path = fn === 'COUNT' && this.#peek().text === ')' ? null : this.#path();
    this.#close();
    return { kind: 'aggregate', fn: fn as AggregateName, path, at: token.at };
  }

  #condition(): Condition {
    const first = this.#unary();
    const joint = this.#isKeyword('AND') ? 'AND' : this.#isKeyword('OR') ? 'OR' : null;
    if (!joint) return first;
    const of = [first];
    while (this.#keyword(joint)) of.push(this.#unary());
    if (this.#isKeyword('AND') || this.#isKeyword('OR')) throw this.#unexpected();
    return { kind: joint === 'AND' ? 'and' : 'or', of };
  }

  #unary(): Condition {
    if (this.#keyword('NOT')) return { kind: 'not', of: this.#unary() };
    if (this.#symbol('(')) {
      const inner = this.#condition();
      this.#close();
      return inner;
    }
    return this.#comparison();
  }

  #comparison(): Condition {
    const operand = this.#operand();
    const at = operand.kind === 'field' ? operand.path.at : operand.at;
    if (this.#keyword('LIKE')) return { kind: 'compare', operand, operator: 'LIKE', literal: this.#literal(), at };
    if (this.#keyword('INCLUDES')) return { kind: 'includes', operand, negated: false, literals: this.#literals(), at };
    if (this.#keyword('EXCLUDES')) return { kind: 'includes', operand, negated: true, literals: this.#literals(), at };
    const negated = this.#keyword('NOT');
    if (negated || this.#isKeyword('IN')) {
      this.#expect('IN');
      return this.#in(operand, negated, at);
    }
    const operator = this.#peek();
    if (operator.kind !== 'symbol' || !['=', '!=', '<>', '<', '<=', '>', '>='].includes(operator.text)) throw this.#unexpected();
    this.#next++;
    return { kind: 'compare', operand, operator: (operator.text === '<>' ? '!=' : operator.text) as Comparison, literal: this.#literal(), at };
  }

  #in(operand: Operand, negated: boolean, at: number): Condition {
    if (this.#peek().text !== '(') throw this.#unexpected();
    if (this.#tokens[this.#next + 1]?.text.toUpperCase() !== 'SELECT') return { kind: 'in', operand, negated, literals: this.#literals(), at };
    this.#next++;
    const query = this.query();
    this.#close();
    return { kind: 'in-query', operand, negated, query, at };
  }

  #literals(): Literal[] {
    if (!this.#symbol('(')) throw this.#unexpected();
    const literals = this.#list(() => this.#literal());
    this.#close();
    return literals;
  }

  #literal(): Literal {
    const token = this.#peek();
    const { at, text } = token;
    const word = token.kind === 'word' ? text.toUpperCase() : '';
    if (token.kind === 'symbol' || token.kind === 'end') throw this.#unexpected();
    this.#next++;
    if (token.kind === 'string') return { kind: 'string', text, pattern: token.pattern ?? text, at };
    if (token.kind === 'number') return { kind: 'number', value: Number(text), at };
    if (token.kind === 'date' || token.kind === 'datetime') return { kind: token.kind, text, at };
    if (word === 'NULL') return { kind: 'null', at };
    if (word === 'TRUE' || word === 'FALSE') return { kind: 'boolean', value: word === 'TRUE', at };
    const amount = /^([A-Z]{3})(\d+)$/.exec(word);
    if (amount) return { kind: 'number', value: Number(amount[2]), currency: amount[1], at };
    return this.#dates(word, at);
  }

  #dates(word: string, at: number): Literal {
    const counted = this.#symbol(':');
    const name = counted ? `${word}:n` : word;
    if (!isDateLiteral(name)) {
      this.#next -= counted ? 2 : 1;
      throw this.#unexpected();
    }
    return { kind: 'dates', name, at, ...(counted ? { n: this.#whole() } : {}) };
  }

  #order(): Order {
    const operand = this.#operand();
    const descending = this.#keyword('DESC');
    if (!descending) this.#keyword('ASC');
    let nullsLast = false;
    if (this.#keyword('NULLS')) {
      nullsLast = this.#keyword('LAST');
      if (!nullsLast) this.#expect('FIRST');
    }
    return { operand, descending, nullsLast };
  }

  #path(): Path {
    const first = this.#name();
    const names = [first.name];
    while (this.#symbol('.')) names.push(this.#name().name);
    return { names, at: first.at };
  }

  #name(): Name {
    const token = this.#peek();
    if (token.kind !== 'word' || RESERVED.has(token.text.toUpperCase())) throw this.#unexpected();
    this.#next++;
    return { name: token.text, at: token.at };
  }

  /**
   * A word right behind an item or an object, when what follows it shows that it can only be an
   * alias.
   */
  #alias(): string | undefined {
    const token = this.#peek();
    if (token.kind !== 'word' || RESERVED.has(token.text.toUpperCase())) return undefined;
    const after = this.#tokens[this.#next + 1];
    const ends = after.kind === 'end' || after.text === ',' || after.text === ')' || RESERVED.has(after.text.toUpperCase());
    if (!ends) throw this.#unexpected();
    this.#next++;
    return token.text;
  }

  #whole(): number {
    const token = this.#peek();
    if (token.kind !== 'number' || !/^\d+$/.test(token.text)) throw this.#unexpected();
    this.#next++;
    return Number(token.text);
  }

  #list<T>(one: () => T): T[] {
    const found = [one()];
    while (this.#symbol(',')) found.push(one());
    return found;
  }

  #peek(): Token {
    return this.#tokens[this.#next];
  }

  #isCall(name: string): boolean {
    return this.#peek().text.toUpperCase() === name && this.#tokens[this.#next + 1]?.text === '(';
  }

  #isKeyword(word: string): boolean {
    const token = this.#peek();
    return token.kind === 'word' && token.text.toUpperCase() === word;
  }

  #keyword(word: string): boolean {
    if (!this.#isKeyword(word)) return false;
    this.#next++;
    return true;
  }

  #symbol(text: string): boolean {
    const token = this.#peek();
    if (token.kind !== 'symbol' || token.text !== text) return false;
    this.#next++;
    return true;
  }

  #expect(word: string): void {
    if (!this.#keyword(word)) throw this.#unexpected();
  }

  #close(): void {
    if (!this.#symbol(')')) throw this.#unexpected();
  }

  #unexpected() {
    const token = this.#peek();
    return soqlError(this.text, token.at, `unexpected token: '${token.kind === 'string' ? `'${token.text}'` : token.text}'`);
  }
}
