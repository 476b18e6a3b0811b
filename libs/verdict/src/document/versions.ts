import type { Change } from '../change.js';
import { DOCUMENT_RULES, type Growth, type RuleId } from './document-rules.js';
import { found } from './found.js';
import type { Part } from './open-document.js';

type Version = [number, number, number];

/** `1.4` and `1.4.2-rc.1` are read as 1.4.0 and 1.4.2. */
function versionOf(text: string): Version | undefined {
  const match = /^v?(\d{1,9})\.(\d{1,9})(?:\.(\d{1,9}))?(?:[-+].*)?$/.exec(text);
  return match ? [Number(match[1]), Number(match[2]), Number(match[3] ?? 0)] : undefined;
}

const GROWTHS: readonly Growth[] = ['major', 'minor', 'patch'];

/** Which place of the version is the first to differ, and by how much. */
function difference(base: Version, revision: Version): { at: number; by: number } {
  const at = base.findIndex((number, place) => number !== revision[place]);
  return at === -1 ? { at: GROWTHS.length, by: 0 } : { at, by: revision[at] - base[at] };
}

/** What a version has to grow by so that callers see these changes in it; undefined if there are none. */
export function growthFor(changes: Change[]): Growth | undefined {
  if (changes.length === 0) return undefined;
  if (changes.some(({ severity }) => severity === 'breaking')) return 'major';
  return changes.every(isWords) ? 'patch' : 'minor';
}

const WORDS_OF_SCHEMAS = /^(request|response)-(documentation|extension)-changed$/;

/** Whether a change is one of words: of the document, or of a schema. */
const isWords = ({ id }: Change): boolean => DOCUMENT_RULES[id as RuleId]?.words === true || WORDS_OF_SCHEMAS.test(id);

/**
 * `info.version` grows by major for what breaks, by minor for additions, by patch for words. Below
 * 1.0.0 nothing is promised yet (Semantic Versioning, 4), so that minor tells of breaks too. A
 * version of another form only has to be another one.
 */
export function compareVersions(base: Part, revision: Part, growth: Growth | undefined): Change[] {
  const [was, is] = [base, revision].map(info => String(info.raw('version') ?? 'none'));
  const pointer = revision.pointerTo('version');
  const [before, now] = [versionOf(was), versionOf(is)];
  const kept = (asked: string): Change => found('version-not-bumped', pointer, `The version was ${was} and is ${is}: the changes ask for ${asked}.`);
  if (!before || !now) return growth && was === is ? [kept('another one')] : [];
  const { at, by } = difference(before, now);
  if (by < 0) return [found('version-lowered', pointer, `The version was ${was} and is only ${is} now.`)];
  if (!growth) return [];
  const asked = growth === 'major' && before[0] === 0 ? 'minor' : growth;
  return at > GROWTHS.indexOf(asked) ? [kept(`a new ${asked} version`)] : [];
}
