import type { Figure } from './figures.js';
import type { Bound } from './house.data.js';

type Bounds = Record<string, Bound | undefined>;

/** The figures beside their bounds and aims. */
export function tableOf(figures: Figure[], bounds: Bounds): string {
  const rows = figures.map(({ name, value }) => {
    const stated = bounds[name];
    return [name, String(value), ...(stated ? [String(stated.bound), String(stated.aim ?? 'fewer')] : ['', ''])];
  });
  const table = [['', 'now', 'bound', 'aim'], ...rows];
  const width = Math.max(...table.map(([name]) => name.length));
  return table.map(([name, ...cells]) => `${name.padEnd(width)}${cells.map(cell => cell.padStart(7)).join('')}`).join('\n');
}

/** What stands against the bounds: a figure above its own, one without any, and a bound of what is counted no more. */
export function broken(figures: Figure[], bounds: Bounds): string[] {
  const counted = new Set(figures.map(({ name }) => name));
  return [
    ...figures.flatMap(({ name, value }) => {
      const bound = bounds[name]?.bound;
      if (bound === undefined) return [`${name}: ${value}, and no bound is stated`];
      return value > bound ? [`${name}: ${value}, above the bound of ${bound}`] : [];
    }),
    ...Object.keys(bounds)
      .filter(name => !counted.has(name))
      .map(name => `${name}: a bound is stated, and nothing is counted`),
  ];
}

/** Bounds that no longer hold anything: their figures came down. */
export const loose = (figures: Figure[], bounds: Bounds): string[] =>
  figures.filter(({ name, value }) => value < (bounds[name]?.bound ?? 0)).map(({ name, value }) => `${name}: lower the bound to ${value}`);
