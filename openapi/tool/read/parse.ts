import { parse } from 'yaml';
import { WrongUse } from '../command.js';
import { bounded, MAX_BYTES } from './bounds.js';
import { repeatedKey } from './repeated-key.js';

/** Of one anchor, everything that its aliases stand for counted: a bomb of aliases has billions. */
const MAX_ALIASES = 1_000;

/** The text of a file; a file that is too large, or is not UTF-8, is refused. */
export function textOf(name: string, bytes: Uint8Array): string {
  if (bytes.length > MAX_BYTES) throw new WrongUse(`${name} has more than ${MAX_BYTES / 1024 / 1024} MiB`);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new WrongUse(`${name} is not UTF-8 text`);
  }
}

/** Reads JSON or YAML 1.2, within bounds. */
export function dataOf(name: string, text: string): unknown {
  try {
    const json = name.endsWith('.json') || (!/\.ya?ml$/.test(name) && text.trimStart().startsWith('{'));
    return bounded(name, json ? jsonOf(name, text) : parse(text, { version: '1.2', merge: true, maxAliasCount: MAX_ALIASES, logLevel: 'error' }));
  } catch (error) {
    if (error instanceof WrongUse) throw error;
    throw new WrongUse(`${name} can't be read: ${(error as Error).message.split('\n')[0]}`);
  }
}

/** Of a repeated member a reader of JSON takes the last, another the first: YAML refuses it too. */
function jsonOf(name: string, text: string): unknown {
  const data: unknown = JSON.parse(text);
  const repeated = repeatedKey(text);
  if (repeated !== undefined) throw new WrongUse(`${name} has ${JSON.stringify(repeated)} twice in one object`);
  return data;
}
