import { Kinds } from './kinds.js';
import { compareCount } from './numbers.js';
import type { Pair } from './pair.js';
import type { View } from './view.js';
import { listed, quoted } from './words.js';

const NUMBER_FORMATS = new Set([
  'int32',
  'int64',
  'float',
  'double',
  'decimal',
  'decimal128',
  'int8',
  'int16',
  'uint8',
  'uint16',
  'uint32',
  'uint64',
]);

/** Formats that allow all that a format allows. */
const WIDER: Record<string, readonly string[]> = {
  int8: ['int16', 'int32', 'int64'],
  int16: ['int32', 'int64'],
  int32: ['int64'],
  uint8: ['uint16', 'uint32', 'uint64', 'int16', 'int32', 'int64'],
  uint16: ['uint32', 'uint64', 'int32', 'int64'],
  uint32: ['uint64', 'int64'],
  float: ['double'],
  uri: ['uri-reference', 'iri', 'iri-reference'],
  'uri-reference': ['iri-reference'],
  iri: ['iri-reference'],
  email: ['idn-email'],
  hostname: ['idn-hostname'],
};

/** What OpenAPI 3.0 says by a format, 3.1 says by the content. */
const CONTENT_FORMATS: Record<string, { keyword: string; value: string }> = {
  byte: { keyword: 'contentEncoding', value: 'base64' },
  binary: { keyword: 'contentMediaType', value: 'application/octet-stream' },
};

export function compareStrings(pair: Pair): void {
  compareFormats(pair);
  if (!pair.bothAllow(Kinds.string)) return;
  compareCount(pair, 'minLength', 'minimum length', { raised: 'min-length-raised', lowered: 'min-length-lowered' });
  compareCount(pair, 'maxLength', 'maximum length', { raised: 'max-length-raised', lowered: 'max-length-lowered' });
  comparePatterns(pair);
  compareContent(pair, 'contentEncoding', 'encoding');
  compareContent(pair, 'contentMediaType', 'media type');
  const [before, now] = [pair.base.under('contentSchema'), pair.revision.under('contentSchema')];
  if (before !== null || now !== null) pair.follow(before ?? pair.base.anything, now ?? pair.revision.anything);
}

function compareFormats(pair: Pair): void {
  const before = formatsOf(pair.base, pair);
  const now = formatsOf(pair.revision, pair);
  const come = now.filter(format => !before.some(other => covers(format, other)));
  const gone = before.filter(format => !now.some(other => covers(format, other)));
  if (come.length === 0 && gone.length === 0) return;
  const rule =
    gone.length === 0
      ? before.length === 0
        ? 'format-added'
        : 'format-narrowed'
      : come.length > 0
        ? 'format-changed'
        : now.length === 0
          ? 'format-removed'
          : 'format-widened';
  pair.report(rule, pair.at('format'), change('format', now, before));
}

/** The formats that mean something for the types that both schemas allow. */
function formatsOf(view: View, pair: Pair): string[] {
  const formats = view.with('format').map(({ value }) => value);
  return formats.filter(
    (format): format is string =>
      typeof format === 'string' &&
      !Object.hasOwn(CONTENT_FORMATS, format) &&
      pair.bothAllow(NUMBER_FORMATS.has(format) ? Kinds.number : Kinds.string),
  );
}

function covers(wider: string, format: string): boolean {
  return wider === format || (Object.hasOwn(WIDER, format) && WIDER[format].includes(wider));
}

function comparePatterns(pair: Pair): void {
  const before = patternsOf(pair.base);
  const now = patternsOf(pair.revision);
  const come = now.filter(pattern => !before.includes(pattern));
  const gone = before.filter(pattern => !now.includes(pattern));
  if (come.length === 0 && gone.length === 0) return;
  const rule = gone.length === 0 ? 'pattern-added' : come.length === 0 ? 'pattern-removed' : 'pattern-changed';
  pair.report(rule, pair.at('pattern'), change('pattern', come, gone));
}

function patternsOf(view: View): string[] {
  const patterns = view.with('pattern').map(({ value }) => value);
  return [...new Set(patterns.filter((pattern): pattern is string => typeof pattern === 'string'))];
}

function compareContent(pair: Pair, keyword: string, name: string): void {
  const before = contentOf(pair.base, keyword);
  const now = contentOf(pair.revision, keyword);
  if (before === now) return;
  const rule = before === null ? 'content-added' : now === null ? 'content-removed' : 'content-changed';
  pair.report(rule, pair.at(keyword), change(name, now === null ? [] : [now], before === null ? [] : [before]));
}

function contentOf(view: View, keyword: string): string | null {
  for (const { value } of view.with(keyword)) if (typeof value === 'string') return value;
  for (const { value } of view.with('format')) {
    if (typeof value === 'string' && Object.hasOwn(CONTENT_FORMATS, value) && CONTENT_FORMATS[value].keyword === keyword)
      return CONTENT_FORMATS[value].value;
  }
  return null;
}

function change(name: string, now: readonly string[], before: readonly string[]): string {
  if (now.length === 0) return `no longer has the ${name} ${listed(before)}`;
  return `now has the ${name} ${listed(now)}${before.length === 0 ? '' : ` (before: ${before.map(quoted).join(', ')})`}`;
}
