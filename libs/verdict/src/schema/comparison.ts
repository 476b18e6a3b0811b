import type { Change } from '../change.js';
import { comparePair } from './compare-pair.js';
import { Pair, type Found, type Way } from './pair.js';
import { Place } from './places.js';
import { RULES } from './rules.js';
import { SchemaDocument } from './schema-document.js';
import { reachedFrom, type Node } from './reaching.js';
import { settle } from './settling.js';
import { Views, type View } from './view.js';

export interface SchemaUse {
  direction: Way;
  /** `GET /v1/projects/{id}`; null for what belongs to no single operation. */
  operation: string | null;
  /** JSON Pointers to the schemas in their documents. */
  basePointer: string;
  revisionPointer: string;
  /** What is compared, as a partner would say it: `the answer’s body`. */
  what: string;
}

/** More pairs than any document has that people wrote; what combines to more is given up, and said. */
const MOST_PAIRS = 2_000_000;

/**
 * Compares the schemas of two documents. Each pair of schemas is compared once for each direction,
 * however many operations reach it; an operation has the changes of the pairs that it reaches.
 */
export class SchemaComparison {
  readonly #base: Views;
  readonly #revision: Views;
  readonly #nodes = new Map<string, Node>();
  #fresh: Node[] = [];

  /** Both are whole documents: what `#/…` refers to. */
  constructor(
    base: unknown,
    revision: unknown,
    readonly mostPairs = MOST_PAIRS,
  ) {
    this.#base = new Views(new SchemaDocument(base));
    this.#revision = new Views(new SchemaDocument(revision));
  }

  /** Undefined is no schema, which allows anything. */
  compare(base: unknown, revision: unknown, use: SchemaUse): Change[] {
    if (base === undefined && revision === undefined) return [];
    const before = this.#base.of([this.#at(this.#base, base, use.basePointer)]);
    const now = this.#revision.of([this.#at(this.#revision, revision, use.revisionPointer)]);
    const root = this.#node(before, now, use.direction);
    if (root === null) return [changeOf({ rule: 'comparison-incomplete', place: now.place, label: '', predicate: TOO_LARGE }, '', use)];
    this.#explore();
    return reachedFrom(root).map(({ found, path }) => changeOf(found, path, use));
  }

  #at(views: Views, schema: unknown, pointer: string): Place {
    return views.document.at(pointer, schema === undefined ? true : schema);
  }

  #node(base: View, revision: View, way: Way): Node | null {
    const key = `${base.id} ${revision.id} ${way}`;
    const known = this.#nodes.get(key);
    if (known !== undefined) return known;
    if (this.#nodes.size >= this.mostPairs) return null;
    const node: Node = { pair: new Pair(base, revision, way), edges: [], weighed: [], effect: 0, changed: false, reached: null };
    this.#nodes.set(key, node);
    this.#fresh.push(node);
    return node;
  }

  /** Compares what is new, and all that it leads to. */
  #explore(): void {
    for (let index = 0; index < this.#fresh.length; index++) {
      const node = this.#fresh[index];
      comparePair(node.pair);
      let whole = true;
      for (const { base, revision, label } of node.pair.follows) {
        const inner = this.#node(base, revision, node.pair.way);
        if (inner === null) whole = false;
        else node.edges.push({ node: inner, label });
      }
      for (const weighed of node.pair.weighs) {
        const inner = this.#node(weighed.base, weighed.revision, node.pair.way);
        if (inner === null) whole = false;
        else node.weighed.push({ node: inner, weighed });
      }
      if (!whole) node.pair.report('comparison-incomplete', node.pair.revision.place, TOO_LARGE);
    }
    settle(this.#fresh);
    this.#fresh = [];
  }
}

const TOO_LARGE = 'combines too many schemas and was not compared to the end';

function changeOf(found: Found, path: string, use: SchemaUse): Change {
  const name = path.replace(/^\./, '');
  const subject = name === '' ? use.what.charAt(0).toUpperCase() + use.what.slice(1) : `\`${name}\` of ${use.what}`;
  return {
    id: `${use.direction}-${found.rule}`,
    severity: RULES[found.rule][use.direction] ?? 'info',
    direction: use.direction,
    operation: use.operation,
    pointer: found.place.pointer,
    text: `${subject} ${found.predicate}.`,
  };
}
