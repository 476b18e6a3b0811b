import { soqlError } from './soql-error.js';

export interface Token {
  kind: 'word' | 'string' | 'number' | 'date' | 'datetime' | 'symbol' | 'end';
  /** As written; a string without its quotes and escapes. */
  text: string;
  /** A LIKE pattern: `\%` and `\_` are kept escaped here, unescaped in `text`. */
  pattern?: string;
  /** Offset in the query. */
  at: number;
}

const PARTS: [Token['kind'], RegExp][] = [
  ['datetime', /\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,6})?(Z|[+-]\d{2}:?\d{2})/iy],
  ['date', /\d{4}-\d{2}-\d{2}(?![\dT])/y],
  ['number', /[+-]?\d+(\.\d+)?/y],
  ['word', /[A-Za-z][A-Za-z0-9_]*/y],
  ['symbol', /!=|<>|<=|>=|[=<>(),.:]/y],
];

const ESCAPES: Record<string, string> = {
  n: '\n',
  r: '\r',
  t: '\t',
  b: '\b',
  f: '\f',
  '"': '"',
  "'": "'",
  '\\': '\\',
  N: '\n',
  R: '\r',
  T: '\t',
  B: '\b',
  F: '\f',
};

/** Cuts a query into tokens, ending with one of kind `end`. */
export function tokens(query: string): Token[] {
  const found: Token[] = [];
  let at = 0;
  for (;;) {
    while (/\s/.test(query[at] ?? '')) at++;
    if (at >= query.length) return [...found, { kind: 'end', text: '<EOF>', at }];
    const token = query[at] === "'" ? readString(query, at) : readPart(query, at);
    found.push(token.token);
    at = token.end;
  }
}

function readPart(query: string, at: number): { token: Token; end: number } {
  for (const [kind, pattern] of PARTS) {
    pattern.lastIndex = at;
    const match = pattern.exec(query);
    if (match) return { token: { kind, text: match[0], at }, end: pattern.lastIndex };
  }
  throw soqlError(query, at, `unexpected character: '${query[at]}'`);
}

function readString(query: string, start: number): { token: Token; end: number } {
  let text = '';
  let pattern = '';
  for (let at = start + 1; at < query.length; at++) {
    const char = query[at];
    if (char === "'") return { token: { kind: 'string', text, pattern, at: start }, end: at + 1 };
    if (char !== '\\') {
      text += char;
      pattern += char;
      continue;
    }
    const next = query[at + 1] ?? '';
    const unicode = /^u([0-9a-f]{4})/i.exec(query.slice(at + 1, at + 6));
    if (next === '%' || next === '_') {
      text += next;
      pattern += `\\${next}`;
      at += 1;
    } else if (unicode) {
      text += String.fromCharCode(parseInt(unicode[1], 16));
      pattern += String.fromCharCode(parseInt(unicode[1], 16));
      at += 5;
    } else if (next in ESCAPES) {
      text += ESCAPES[next];
      pattern += next === '\\' ? '\\\\' : ESCAPES[next];
      at += 1;
    } else {
      throw soqlError(query, at, `Illegal character sequence '\\${next}' in string literal`);
    }
  }
  throw soqlError(query, start, "unexpected token: '<EOF>', a string is not closed");
}
