import type { Change } from '../change.js';
import { SchemaComparison } from '../schema/index.js';
import type { Notice } from './lifecycle.js';
import { sameJson, type OpenDocument, type Part } from './open-document.js';
import { compareSunsets } from './schema-sunsets.js';

/** Which way the two messages of an operation travel: in a webhook and a callback, the other way. */
export interface Exchange {
  /** What the one who calls sends. */
  sent: 'request' | 'response';
  answered: 'request' | 'response';
}

export const CALLED: Exchange = { sent: 'request', answered: 'response' };

export const turned = ({ sent, answered }: Exchange): Exchange => ({ sent: answered, answered: sent });

/** Where a schema leads that is nothing but a reference. */
function referenceOf(schema: unknown): string | undefined {
  if (typeof schema !== 'object' || schema === null || Object.keys(schema).length !== 1) return undefined;
  const { $ref } = schema as { $ref?: unknown };
  return typeof $ref === 'string' ? $ref : undefined;
}

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
    const [before, now] = [base.raw('schema'), revision.raw('schema')];
    if (this.#alike(before, now)) return [];
    const compare = (): Change[] => {
      const changes = this.#schemas.compare(before, now, {
        direction: sent,
        operation: null,
        basePointer: base.pointerTo('schema'),
        revisionPointer: revision.pointerTo('schema'),
        what,
      });
      return [...changes, ...compareSunsets(changes, this.base, this.revision, notice)];
    };
    const [ref, newRef] = [referenceOf(before), referenceOf(now)];
    return ref && newRef ? this.#once([sent, what, notice.audience, ref, newRef], compare) : compare();
  }

  /** Whether two schemas are the same, and mean the same: neither refers to anything, and both are of one dialect. */
  #alike(base: unknown, revision: unknown): boolean {
    if (base === undefined || revision === undefined) return base === revision;
    return this.base.dialect === this.revision.dialect && sameJson(base, revision) && !JSON.stringify(base).includes('"$');
  }

  /** Compares two components once, however many operations refer to them under the same name. */
  once(base: Part, revision: Part, as: string, compare: () => Change[]): Change[] {
    const shared = [base, revision].every(({ pointer }) => pointer.startsWith('/components/'));
    return shared ? this.#once([as, base.pointer, revision.pointer], compare) : compare();
  }

  #once(parts: string[], compare: () => Change[]): Change[] {
    const key = JSON.stringify(parts);
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
