import type { Change } from '../change.js';
import { SchemaComparison } from '../schema/index.js';
import type { Notice } from './lifecycle.js';
import type { OpenDocument, Part } from './open-document.js';
import { compareSunsets } from './schema-sunsets.js';

/** Which way the two messages of an operation travel: in a webhook and a callback, the other way. */
export interface Exchange {
  /** What the one who calls sends. */
  sent: 'request' | 'response';
  answered: 'request' | 'response';
}

export const CALLED: Exchange = { sent: 'request', answered: 'response' };

export const turned = ({ sent, answered }: Exchange): Exchange => ({ sent: answered, answered: sent });

/** Two documents that are compared, and what is known of the pair as a whole. */
export class Comparing {
  readonly #schemas: SchemaComparison;
  readonly #shared = new Map<string, Change[]>();
  readonly #within = new Set<string>();

  constructor(
    readonly base: OpenDocument,
    readonly revision: OpenDocument,
    /** `YYYY-MM-DD` */
    readonly asOf: string,
  ) {
    this.#schemas = new SchemaComparison(base.value, revision.value);
  }

  /** The schemas under `schema` of two parts; a part that has none takes any value. */
  schemas(base: Part, revision: Part, { sent, what, notice }: { sent: Exchange['sent']; what: string; notice: Notice }): Change[] {
    const changes = this.#schemas.compare(base.raw('schema'), revision.raw('schema'), {
      direction: sent,
      operation: null,
      basePointer: base.pointerTo('schema'),
      revisionPointer: revision.pointerTo('schema'),
      what,
    });
    return [...changes, ...compareSunsets(changes, this.base, this.revision, notice)];
  }

  /** Compares two components once, however many operations refer to them under the same name. */
  once(base: Part, revision: Part, as: string, compare: () => Change[]): Change[] {
    if (!base.pointer.startsWith('/components/') || !revision.pointer.startsWith('/components/')) return compare();
    const key = JSON.stringify([as, base.pointer, revision.pointer]);
    let changes = this.#shared.get(key);
    if (!changes) {
      changes = compare();
      this.#shared.set(key, changes);
    }
    return changes;
  }

  /** Nothing where the comparison of the same two parts is what leads here: a callback may bring itself about. */
  unlessWithin(base: Part, revision: Part, compare: () => Change[]): Change[] {
    const key = JSON.stringify([base.pointer, revision.pointer]);
    if (this.#within.has(key)) return [];
    this.#within.add(key);
    try {
      return compare();
    } finally {
      this.#within.delete(key);
    }
  }
}
