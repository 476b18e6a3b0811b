import type { Weighed } from './pair.js';
import type { Node } from './reaching.js';
import { RULES } from './rules.js';

const FEWER = 1;
const MORE = 2;
const BITS = { fewer: FEWER, more: MORE, both: FEWER | MORE, neither: 0 } as const;
const EFFECTS = [null, 'fewer', 'more', 'both'] as const;

/**
 * Finds what pairs come to as a whole, and tells what follows for those that weigh them. Pairs may
 * lead to each other in circles, so effects are passed on until none grows. Pairs of earlier
 * comparisons are final: all that they lead to was compared with them.
 */
export function settle(nodes: readonly Node[]): void {
  const users = new Map<Node, { user: Node; turns: Weighed['turns'] | null }[]>();
  const use = (node: Node, user: Node, turns: Weighed['turns'] | null): void => {
    const known = users.get(node);
    if (known === undefined) users.set(node, [{ user, turns }]);
    else known.push({ user, turns });
  };
  for (const node of nodes) {
    node.effect = node.pair.found.reduce((bits, { rule }) => bits | BITS[RULES[rule].effect], 0);
    for (const edge of node.edges) use(edge.node, node, null);
    for (const { node: inner, weighed } of node.weighed) use(inner, node, weighed.turns);
  }
  const rest = [...new Set([...nodes, ...users.keys()])].filter(node => node.effect !== 0);
  for (let node = rest.pop(); node !== undefined; node = rest.pop()) {
    for (const { user, turns } of users.get(node) ?? []) {
      const effect = user.effect | turned(node.effect, turns);
      if (effect === user.effect) continue;
      user.effect = effect;
      rest.push(user);
    }
  }
  for (const { pair, weighed } of nodes) {
    for (const { node, weighed: part } of weighed) {
      const effect = EFFECTS[turned(node.effect, part.turns)];
      if (effect !== null) pair.found.push(part.told(effect));
    }
  }
  passChanged(nodes, users);
}

function turned(effect: number, turns: Weighed['turns'] | null): number {
  if (turns === null || effect === 0) return effect;
  if (turns === 'both') return FEWER | MORE;
  return ((effect & FEWER) << 1) | ((effect & MORE) >> 1);
}

function passChanged(nodes: readonly Node[], users: ReadonlyMap<Node, { user: Node; turns: Weighed['turns'] | null }[]>): void {
  const rest: Node[] = [];
  for (const node of nodes) {
    node.changed = node.pair.found.length > 0 || node.edges.some(edge => edge.node.changed);
    if (node.changed) rest.push(node);
  }
  for (let node = rest.pop(); node !== undefined; node = rest.pop()) {
    for (const { user, turns } of users.get(node) ?? []) {
      if (turns !== null || user.changed) continue;
      user.changed = true;
      rest.push(user);
    }
  }
}
