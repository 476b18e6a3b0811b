import { SalesforceError } from '../salesforce-error.js';

const CONTEXT = 40;

/**
 * An error that shows its place as the vendor does: a newline, the part of the query, a caret under
 * the place, `ERROR at Row:1:Column:78`, the reason. Rows and columns count from 1.
 */
export function soqlError(query: string, at: number, reason: string, errorCode = 'MALFORMED_QUERY'): SalesforceError {
  const lineStart = query.lastIndexOf('\n', at - 1) + 1;
  const lineEnd = query.indexOf('\n', at) < 0 ? query.length : query.indexOf('\n', at);
  const row = query.slice(0, lineStart).split('\n').length;
  const from = Math.max(lineStart, wordBorder(query, at - CONTEXT));
  const part = query.slice(from, Math.min(lineEnd, at + CONTEXT));
  const caret = ' '.repeat(at - from) + '^';
  return new SalesforceError(400, errorCode, `\n${part}\n${caret}\nERROR at Row:${row}:Column:${at - lineStart + 1}\n${reason}`);
}

function wordBorder(query: string, at: number): number {
  if (at <= 0) return 0;
  const space = query.indexOf(' ', at);
  return space < 0 ? at : space + 1;
}
