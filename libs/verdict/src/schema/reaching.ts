import { isComponent } from './likeness.js';
import type { Found, Pair, Weighed } from './pair.js';
import { shortPath } from './words.js';

/** A pair among those that it leads to. */
export interface Node {
  pair: Pair;
  edges: { node: Node; label: string }[];
  weighed: { node: Node; weighed: Weighed }[];
  /** What is known of its effect so far, as bits. */
  effect: number;
  /** It, or a pair that it leads to, has a change. */
  changed: boolean;
  /** All changes from here, once somebody asked. */
  reached: readonly Reached[] | null;
}

export interface Reached {
  found: Found;
  /** From the pair that was asked about: `.lines[].amount`. */
  path: string;
}

/**
 * The changes of all pairs that a pair leads to. What a component leads to is found once, whoever
 * uses it: an operation takes only the steps to its components.
 */
export function reachedFrom(root: Node): readonly Reached[] {
  if (!root.changed) return [];
  root.reached ??= isComponent(root.pair.revision) ? walk(root, () => null) : walk(root, componentOf);
  return root.reached;
}

function componentOf(node: Node): readonly Reached[] | null {
  if (!isComponent(node.pair.revision)) return null;
  node.reached ??= walk(node, () => null);
  return node.reached;
}

/** By the shortest path, unless a step leads to what is known from there on. */
function walk(root: Node, known: (node: Node) => readonly Reached[] | null): Reached[] {
  const reached: Reached[] = [];
  const told = new Map<unknown, Set<string>>();
  const take = (found: Found, path: string): void => {
    const { whole } = found.place;
    const key = `${found.rule} ${found.predicate}`;
    const same = told.get(whole) ?? new Set();
    if (same.has(key)) return;
    told.set(whole, same.add(key));
    reached.push({ found, path });
  };
  const seen = new Set<Node>([root]);
  const rest = [{ node: root, path: '' }];
  for (let index = 0; index < rest.length; index++) {
    const { node, path } = rest[index];
    for (const found of node.pair.found) take(found, shortPath(path + found.label));
    for (const { node: inner, label } of node.edges) {
      if (!inner.changed || seen.has(inner)) continue;
      seen.add(inner);
      const further = known(inner);
      const to = shortPath(path + label);
      if (further === null) rest.push({ node: inner, path: to });
      else for (const one of further) take(one.found, shortPath(to + one.path));
    }
  }
  return reached;
}
