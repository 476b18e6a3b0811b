import type { Change } from '../change.js';
import { found } from './found.js';
import { sameJson, type Part } from './open-document.js';

/** Members that say something to people and nothing to programs, on any part. */
const WORDS = ['title', 'summary', 'description', 'tags', 'externalDocs', 'example', 'examples', 'termsOfService', 'contact', 'license'];

/** One change per part, whichever of its words have changed. */
export function compareWording(base: Part, revision: Part, what: string): Change[] {
  const changed = WORDS.filter(word => !sameJson(base.raw(word), revision.raw(word)));
  return changed.length === 0
    ? []
    : [found('documentation-changed', revision.pointer, `The documentation of ${what} changed: ${changed.join(', ')}.`)];
}
