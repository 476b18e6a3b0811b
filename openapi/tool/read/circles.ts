/** A node on the way, with what is still to be looked at of where it leads. */
interface Step<T> {
  readonly node: T;
  readonly order: number;
  readonly next: Iterator<T>;
  /** The earliest node of the way that it leads back to, by order. */
  earliest: number;
}

/**
 * What can be reached from `start`, in sets of nodes that all lead to each other (Tarjan's strongly
 * connected components); a node in no circle is a set by itself. What a set leads to comes before it.
 * No deeper on the stack with a longer way.
 */
export function* circlesOf<T>(start: T, leadsTo: (node: T) => Iterable<T>): Generator<T[]> {
  /** The nodes that were reached and are in no set yet, in their order. */
  const open: T[] = [];
  const orders = new Map<T, number>();
  const done = new Set<T>();
  const way: Step<T>[] = [];
  const enter = (node: T): void => {
    const order = open.push(node) - 1;
    orders.set(node, order);
    way.push({ node, order, next: leadsTo(node)[Symbol.iterator](), earliest: order });
  };
  enter(start);
  for (let step = way.at(-1); step; step = way.at(-1)) {
    const { value, done: atEnd } = step.next.next();
    if (!atEnd) {
      const order = orders.get(value);
      if (order !== undefined) step.earliest = Math.min(step.earliest, order);
      else if (!done.has(value)) enter(value);
      continue;
    }
    way.pop();
    const before = way.at(-1);
    if (before) before.earliest = Math.min(before.earliest, step.earliest);
    if (step.earliest === step.order) yield closed(open.splice(step.order));
  }

  function closed(circle: T[]): T[] {
    for (const node of circle) {
      orders.delete(node);
      done.add(node);
    }
    return circle;
  }
}
