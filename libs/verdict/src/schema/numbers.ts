import { Kinds } from './kinds.js';
import type { Pair } from './pair.js';
import type { Place } from './places.js';
import type { RuleName } from './rules.js';
import type { View } from './view.js';

interface Limit {
  value: number;
  exclusive: boolean;
  at: Place;
}

/** Bounds of both dialects, and steps. */
export function compareNumbers(pair: Pair): void {
  if (!pair.bothAllow(Kinds.number)) return;
  const whole = ((pair.base.kinds | pair.revision.kinds) & Kinds.fraction) === 0;
  compareEnd(pair, 'minimum', 1, whole);
  compareEnd(pair, 'maximum', -1, whole);
  compareSteps(pair, whole);
}

function compareEnd(pair: Pair, end: 'minimum' | 'maximum', sign: 1 | -1, whole: boolean): void {
  const before = limitOf(pair.base, end, sign, whole);
  const now = limitOf(pair.revision, end, sign, whole);
  const tighter = tightness(now, sign) - tightness(before, sign) || Number(now?.exclusive ?? false) - Number(before?.exclusive ?? false);
  if (Number.isNaN(tighter) || tighter === 0) return;
  const [raised, lowered] = [`${end}-raised`, `${end}-lowered`] as RuleName[];
  const up = tighter > 0 === (sign === 1);
  pair.report(up ? raised : lowered, (now ?? before)!.at, limitWords(end, written(now), written(before)));
}

/** How much a bound takes away: the larger, the fewer numbers are left. */
function tightness(limit: Limit | null, sign: 1 | -1): number {
  return limit === null ? -Number.MAX_VALUE : limit.value * sign;
}

function written(limit: Limit | null): string | null {
  return limit === null ? null : `${limit.value}${limit.exclusive ? ', exclusive' : ''}`;
}

/** The tightest of the bounds that hold together. */
function limitOf(view: View, end: 'minimum' | 'maximum', sign: 1 | -1, whole: boolean): Limit | null {
  const exclusively = end === 'minimum' ? 'exclusiveMinimum' : 'exclusiveMaximum';
  let tightest: Limit | null = null;
  const consider = (limit: Limit): void => {
    const more = tightest === null ? 1 : (limit.value - tightest.value) * sign || Number(limit.exclusive) - Number(tightest.exclusive);
    if (more > 0) tightest = limit;
  };
  for (const source of view.sources) {
    const schema = source.value as Record<string, unknown>;
    const { [end]: inclusive, [exclusively]: exclusive } = schema === null || typeof schema !== 'object' ? {} : schema;
    const at = (keyword: string): Place => view.views.document.child(source, keyword);
    if (typeof inclusive === 'number') consider(wholeLimit({ value: inclusive, exclusive: exclusive === true, at: at(end) }, sign, whole));
    if (typeof exclusive === 'number') consider(wholeLimit({ value: exclusive, exclusive: true, at: at(exclusively) }, sign, whole));
  }
  return tightest;
}

/** Of whole numbers, above 4 is from 5. */
function wholeLimit(limit: Limit, sign: 1 | -1, whole: boolean): Limit {
  if (!whole) return limit;
  const rounded = sign === 1 ? Math.ceil(limit.value) : Math.floor(limit.value);
  return { value: limit.exclusive && rounded === limit.value ? rounded + sign : rounded, exclusive: false, at: limit.at };
}

function compareSteps(pair: Pair, whole: boolean): void {
  const before = stepsOf(pair.base, whole);
  const now = stepsOf(pair.revision, whole);
  const come = now.filter(step => !before.some(other => isMultiple(other, step)));
  const gone = before.filter(step => !now.some(other => isMultiple(other, step)));
  if (come.length === 0 && gone.length === 0) return;
  const rule = gone.length === 0 ? 'multiple-of-narrowed' : come.length === 0 ? 'multiple-of-widened' : 'multiple-of-changed';
  pair.report(rule, pair.at('multipleOf'), limitWords('step', now.join(' and ') || null, before.join(' and ') || null));
}

function stepsOf(view: View, whole: boolean): number[] {
  const steps = view.with('multipleOf').map(({ value }) => value);
  return steps.filter((step): step is number => typeof step === 'number' && step > 0 && !(whole && isMultiple(1, step)));
}

/** Decimal steps are binary fractions here, so the quotient is whole only nearly. */
function isMultiple(value: number, step: number): boolean {
  const quotient = value / step;
  return quotient > 0.5 && Math.abs(quotient - Math.round(quotient)) < 1e-9 * Math.max(1, quotient);
}

/** A bound in words, now and before; null is none. */
export function limitWords(name: string, now: string | null, before: string | null): string {
  return now === null ? `no longer has a ${name} (before: ${before})` : `now has a ${name} of ${now} (before: ${before ?? 'none'})`;
}

/** A count that a keyword limits from below or above: the tightest of those that hold together. */
export function compareCount(pair: Pair, keyword: string, name: string, rules: { raised: RuleName; lowered: RuleName }): void {
  const least = keyword.startsWith('min');
  const before = countOf(pair.base, keyword, least);
  const now = countOf(pair.revision, keyword, least);
  if (before === now) return;
  const raised = (now ?? (least ? 0 : Infinity)) > (before ?? (least ? 0 : Infinity));
  pair.report(raised ? rules.raised : rules.lowered, pair.at(keyword), limitWords(name, now?.toString() ?? null, before?.toString() ?? null));
}

/** At least none is no limit. */
function countOf(view: View, keyword: string, least: boolean): number | null {
  const counts = view.with(keyword).map(({ value }) => value);
  const numbers = counts.filter((count): count is number => typeof count === 'number' && (!least || count > 0));
  if (numbers.length === 0) return null;
  return numbers.reduce((a, b) => (least ? Math.max(a, b) : Math.min(a, b)));
}
