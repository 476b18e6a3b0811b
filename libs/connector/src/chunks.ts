/** The values in their order, so many at a time. */
export function chunksOf<V>(values: V[], size: number): V[][] {
  return Array.from({ length: Math.ceil(values.length / size) }, (_, at) => values.slice(at * size, (at + 1) * size));
}
