import type { Change } from '../change.js';
import { found } from './found.js';
import type { Part } from './open-document.js';

/** The least number of days between the day on which a sunset is announced and the sunset, by who may call. */
export const LEAST_NOTICE_DAYS = { internal: 30, partner: 180, public: 365 };

export type Audience = keyof typeof LEAST_NOTICE_DAYS;

export const isAudience = (value: unknown): value is Audience => typeof value === 'string' && Object.hasOwn(LEAST_NOTICE_DAYS, value);

/** How much is promised; `x-lifecycle` is ours, `x-stability-level` is what others write. */
const STABILITY = new Map(Object.entries({ draft: 0, experimental: 0, alpha: 1, beta: 2, preview: 2, active: 3, stable: 3, ga: 3 }));

const PROMISED = STABILITY.get('active')!;

const ENDING = new Set(['deprecated', 'retired']);

/** What a part says of its life. */
interface Life {
  /** As it is written, in small letters. */
  state?: string;
  deprecated: boolean;
  since?: string;
  sunset?: string;
}

const textOf = (value: unknown): string | undefined => (value === undefined || value === null ? undefined : String(value));

function lifeOf(part: Part): Life {
  const lifecycle = part.raw('x-lifecycle');
  const fields = (typeof lifecycle === 'object' && lifecycle !== null ? lifecycle : { state: lifecycle ?? part.raw('x-stability-level') }) as Record<
    string,
    unknown
  >;
  const state = textOf(fields.state)?.toLowerCase();
  return {
    state,
    deprecated: part.raw('deprecated') === true || (state !== undefined && ENDING.has(state)),
    since: textOf(part.raw('x-deprecated-since') ?? fields.since),
    sunset: textOf(part.raw('x-sunset') ?? fields.sunset),
  };
}

/** The moment of a date (its first, in UTC) or of a date with a time. */
const momentOf = (text: string): number => (/^\d{4}-\d{2}-\d{2}/.test(text) ? Date.parse(text) : Number.NaN);

const DAY = 24 * 60 * 60 * 1000;

/** An end that is announced, to whom (`partner` if that is not said), and the day of the judgement. */
interface Announcement {
  since?: string;
  sunset: string;
  audience: unknown;
  asOf: string;
}

/**
 * How many days of notice callers are promised, where an announced end leaves them fewer. Notice is
 * counted from the day of the judgement, or from the announced beginning if that is still to come.
 */
export function tooSoon({ since, sunset, audience, asOf }: Announcement): number | undefined {
  const days = LEAST_NOTICE_DAYS[isAudience(audience) ? audience : 'partner'];
  const toldOn = Math.max(momentOf(asOf), momentOf(since ?? asOf) || 0);
  return momentOf(sunset) - toldOn < days * DAY ? days : undefined;
}

/** How a removal is judged: after its announced end, before it, without one, or without any word. */
export type Removal = 'after-sunset' | 'before-sunset' | 'without-sunset' | 'unannounced';

/** `holders` are the removed part and those around it, the nearest first: the first that tells an end counts. */
export function removalOf(holders: Part[], asOf: string): Removal {
  const lives = holders.map(lifeOf);
  if (!lives.some(life => life.deprecated)) return 'unannounced';
  const moment = momentOf(lives.find(life => life.sunset !== undefined)?.sunset ?? '');
  if (Number.isNaN(moment)) return 'without-sunset';
  return moment <= momentOf(asOf) ? 'after-sunset' : 'before-sunset';
}

/** Who may call, and the day of the comparison: by them a sunset is soon or not. */
export interface Notice {
  audience: Audience;
  asOf: string;
}

/** What a part says of its life, and where it says nothing, what the whole API says. */
function lifeWithin(part: Part, saysState: boolean): Life {
  const own = lifeOf(part);
  const info = part.document.root.get('info');
  if (!info || part.pointer === info.pointer) return own;
  const whole = lifeOf(info);
  return { ...own, state: own.state ?? (saysState ? whole.state : undefined), sunset: own.sunset ?? (own.deprecated ? whole.sunset : undefined) };
}

/** What is promised of a part, until when. `what` begins a sentence: `The operation`. */
export function compareLife(basePart: Part, revisionPart: Part, what: string, notice: Notice): Change[] {
  // What neither says of itself is told once, of the whole API.
  const saysState = [basePart, revisionPart].some(part => lifeOf(part).state !== undefined);
  const base = lifeWithin(basePart, saysState);
  const revision = lifeWithin(revisionPart, saysState);
  return [
    ...stability(base, revision, revisionPart, what),
    ...retirement(base, revision, revisionPart, what, notice),
    ...deprecation(base, revision, revisionPart, what, notice),
  ];
}

function stability(base: Life, revision: Life, { pointer }: Part, what: string): Change[] {
  const [was, is] = [base.state, revision.state];
  // What is on its way out is told by its deprecation.
  if (was === is || [was, is].some(state => state !== undefined && ENDING.has(state))) return [];
  const text = `${what} is ${is ?? 'of a stability that is not told'} now, and was ${was ?? 'of a stability that was not told'}.`;
  if (is === undefined) return [found('stability-no-longer-declared', pointer, text)];
  const [before, now] = [was === undefined ? PROMISED : STABILITY.get(was), STABILITY.get(is)];
  if (before === undefined || now === undefined) return [found('stability-changed', pointer, text)];
  if (was === undefined) return [found(now < PROMISED ? 'stability-declared-below-active' : 'stability-declared', pointer, text)];
  if (before === now) return [found('stability-declared', pointer, text)];
  return [found(before > now ? 'stability-lowered' : 'stability-raised', pointer, text)];
}

function retirement(base: Life, revision: Life, { pointer }: Part, what: string, { asOf }: Notice): Change[] {
  if (revision.state !== 'retired' || base.state === 'retired') return [];
  if (!base.deprecated) return [found('retired-without-deprecation', pointer, `${what} is retired, and was never announced to end.`)];
  return momentOf(base.sunset ?? '') <= momentOf(asOf)
    ? [found('retired-after-sunset', pointer, `${what} is retired, as was announced for ${base.sunset}.`)]
    : [found('retired-before-sunset', pointer, `${what} is retired before its announced end (${base.sunset ?? 'no day was told'}).`)];
}

function deprecation(base: Life, revision: Life, { pointer }: Part, what: string, notice: Notice): Change[] {
  if (revision.state === 'retired') return [];
  if (!revision.deprecated && base.deprecated) {
    return [found('deprecation-withdrawn', pointer, `${what} is no longer deprecated.`)];
  }
  const announced = revision.deprecated && !base.deprecated;
  return [
    ...(announced
      ? [found('deprecation-announced', pointer, `${what} is deprecated${revision.sunset ? ` and ends on ${revision.sunset}` : ''}.`)]
      : []),
    ...(!announced && base.since !== revision.since
      ? [found('deprecated-since-changed', pointer, `${what} is deprecated since ${revision.since ?? 'no day that is told'}.`)]
      : []),
    ...sunset(base, revision, announced, pointer, what, notice),
  ];
}

function sunset(base: Life, revision: Life, announced: boolean, pointer: string, what: string, { audience, asOf }: Notice): Change[] {
  if (revision.sunset === undefined) {
    const missing = announced || (revision.deprecated && base.sunset !== undefined);
    return missing ? [found('sunset-missing', pointer, `${what} is deprecated, and no day is told on which it ends.`)] : [];
  }
  if (revision.sunset === base.sunset && !announced) return [];
  const end = momentOf(revision.sunset);
  if (Number.isNaN(end)) return [found('sunset-unreadable', pointer, `${what} ends on "${revision.sunset}", which is not a day (YYYY-MM-DD).`)];
  const before = momentOf(base.sunset ?? '');
  if (end < before) return [found('sunset-moved-earlier', pointer, `${what} ends on ${revision.sunset} already, not on ${base.sunset}.`)];
  if (end > before) return [found('sunset-moved-later', pointer, `${what} ends on ${revision.sunset}, not on ${base.sunset} already.`)];
  if (end === before && !announced) return [];
  const days = tooSoon({ since: revision.since, sunset: revision.sunset, audience, asOf });
  if (days !== undefined) {
    return [found('sunset-too-soon', pointer, `${what} ends on ${revision.sunset}: callers are promised ${days} days to move.`)];
  }
  return announced ? [] : [found('sunset-announced', pointer, `${what} ends on ${revision.sunset}.`)];
}
