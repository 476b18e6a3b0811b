import type { Change } from '../change.js';
import { found } from './found.js';
import { sameJson, type Part } from './open-document.js';

/** Members that say something to people and nothing to programs, on any part. */
const WORDS = ['title', 'summary', 'description', 'tags', 'externalDocs', 'example', 'examples', 'termsOfService', 'contact', 'license'];

/** One change per part, whichever of its words have changed. */
export function compareWording(base: Part, revision: Part, what: string): Change[] {
  const changed = WORDS.filter(word => !sameJson(wordsOf(base, word), wordsOf(revision, word)));
  return changed.length === 0
    ? []
    : [found('documentation-changed', revision.pointer, `The documentation of ${what} changed: ${changed.join(', ')}.`)];
}

/** Named examples may be components: they are what these say. */
function wordsOf(part: Part, word: string): unknown {
  const value = part.raw(word);
  if (word !== 'examples' || typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const examples = part.tryGet(word);
  return Object.fromEntries(Object.entries(value).map(([name, example]) => [name, examples?.tryGet(name)?.value ?? example]));
}
