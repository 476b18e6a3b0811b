import type { Change } from '../change.js';
import { compareLife, type Notice } from './lifecycle.js';
import { Part, type OpenDocument } from './open-document.js';

const OF_LIFE = /\/(deprecated|x-sunset)$/;

/**
 * The announced ends of what is deprecated within schemas, where the changes of the schemas say that
 * something of it changed. They tell where it stands in the revision; in the base the same component
 * stands at the same place. What is within no component counts as announced anew.
 */
export function compareSunsets(changes: Change[], base: OpenDocument, revision: OpenDocument, notice: Notice): Change[] {
  const holders = new Set(changes.filter(({ pointer }) => OF_LIFE.test(pointer)).map(({ pointer }) => pointer.replace(OF_LIFE, '')));
  return [...holders].flatMap(pointer => {
    const now = revision.at(pointer);
    const before = pointer.startsWith('/components/') ? base.at(pointer) : new Part(base, {}, pointer);
    if (!isObject(now) || !isObject(before)) return [];
    return compareLife(before, now, `The part \`${nameOf(pointer)}\``, notice).filter(({ id }) => id.startsWith('sunset-'));
  });
}

const isObject = (part: Part | undefined): part is Part => typeof part?.value === 'object' && part.value !== null;

/** The last token of a pointer, which names a property, or a component that is deprecated as a whole. */
const nameOf = (pointer: string): string =>
  pointer
    .slice(pointer.lastIndexOf('/') + 1)
    .replaceAll('~1', '/')
    .replaceAll('~0', '~');
