import type { Change, Direction } from '../change.js';
import type { RuleId } from './document-rules.js';
import { found, sentence } from './found.js';
import { compareLife, isAudience, LEAST_NOTICE_DAYS, type Audience, type Notice } from './lifecycle.js';
import { sameJson, type Part } from './open-document.js';
import { compareServiceLevel } from './service-level.js';
import { compareWording } from './wording.js';

/** Extensions of which only that they changed is told. */
const TOLD: Record<string, { id: RuleId; of: string }> = {
  'x-owner': { id: 'owner-changed', of: 'owner' },
  'x-contact': { id: 'contact-changed', of: 'contact' },
  'x-layer': { id: 'layer-changed', of: 'layer' },
  'x-system-of-record': { id: 'system-of-record-changed', of: 'system of record' },
};

/** Judged elsewhere: by `compareLife`, and `x-webhooks` as webhooks. */
const ELSEWHERE = new Set(['x-lifecycle', 'x-stability-level', 'x-deprecated-since', 'x-sunset', 'x-webhooks']);

const WIDTH = Object.keys(LEAST_NOTICE_DAYS);

/** Where a part is compared, beyond the part itself. */
export interface Around {
  notice: Notice;
  /** The way of the message in which it stands. */
  sent?: Direction;
}

/** What any part may say of itself besides what it is for: words, life, extensions. `what` stands within a sentence: `the operation`. */
export function compareMarks(base: Part, revision: Part, what: string, { notice, sent }: Around): Change[] {
  return [
    ...compareWording(base, revision, what),
    ...compareLife(base, revision, sentence(what), notice),
    ...compareExtensions(base, revision, what, sent),
  ];
}

function compareExtensions(base: Part, revision: Part, what: string, sent?: Direction): Change[] {
  const names = new Set([...base.keys(), ...revision.keys()].filter(name => name.startsWith('x-') && !ELSEWHERE.has(name)));
  return [...names].flatMap(name => {
    const before = base.raw(name);
    const now = revision.raw(name);
    if (sameJson(before, now)) return [];
    const pointer = now === undefined ? base.pointerTo(name) : revision.pointerTo(name);
    const told = TOLD[name];
    if (told) return [found(told.id, pointer, `The ${told.of} of ${what} changed from ${shown(before)} to ${shown(now)}.`)];
    if (name === 'x-audience') return audience(base, revision, pointer, what);
    if (name === 'x-service-level') return compareServiceLevel(before, now, pointer, what);
    if (name === 'x-sensitive') return [sensitivity(now, pointer, what, sent)];
    if (name === 'x-public' && (before === undefined || now === undefined)) return [openness(now, pointer, what)];
    return [found('extension-changed', pointer, `The extension \`${name}\` of ${what} changed.`)];
  });
}

const shown = (value: unknown): string => (value === undefined ? 'none' : typeof value === 'string' ? value : JSON.stringify(value));

/** Without a word an API is the partners', as its sunsets are. */
export const audienceOf = (...holders: Part[]): Audience => holders.map(part => part.raw('x-audience')).find(isAudience) ?? 'partner';

/** The audience that a part names, or else the whole API. */
function audienceNamed(part: Part): unknown {
  const { root } = part.document;
  return [part, root.get('info'), root].map(holder => holder?.raw('x-audience')).find(value => value !== undefined);
}

function audience(base: Part, revision: Part, pointer: string, what: string): Change[] {
  const [before, now] = [audienceNamed(base), audienceNamed(revision)];
  if (sameJson(before, now)) return [];
  const text = `The audience of ${what} changed from ${shown(before)} to ${shown(now)}.`;
  if (!isAudience(before) || !isAudience(now)) return [found('audience-changed', pointer, text)];
  return [found(WIDTH.indexOf(now) < WIDTH.indexOf(before) ? 'audience-narrowed' : 'audience-widened', pointer, text)];
}

const sensitivity = (now: unknown, pointer: string, what: string, sent?: Direction): Change =>
  now === undefined
    ? found('sensitivity-removed', pointer, `No right is needed any more for ${what}.`, sent)
    : found('sensitivity-added', pointer, `The right ${shown(now)} is needed for ${what}.`, sent);

const openness = (now: unknown, pointer: string, what: string): Change =>
  now === undefined
    ? found('public-withdrawn', pointer, `It is no longer said of ${what} that no token is needed.`)
    : found('public-declared', pointer, `It is said of ${what} that no token is needed.`);
