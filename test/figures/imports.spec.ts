import { expect, it } from 'vitest';
import { arrowsBetween, backArrows, circles, mutualArrows, type Module } from './imports.js';

const ROOT = 'apps/shop/src/';
const imports = (source: string, ...resolved: string[]): Module => ({
  source: ROOT + source,
  dependencies: resolved.map(path => ({ resolved: ROOT + path, circular: false })),
});
const shown = (arrows: { from: string; to: string }[]): string[] => arrows.map(({ from, to }) => `${from} -> ${to}`);

const modules = [
  imports('orders/order.ts', 'values/money.ts', 'customers/customer.ts', 'orders/order-row.ts'),
  imports('orders/order-row.ts', 'values/money.ts'),
  imports('customers/customer.ts', 'orders/order.ts'),
  imports('values/money.ts', 'orders/order.ts'),
  imports('values/money.spec.ts', 'customers/customer.ts'),
  imports('shop.module.ts', 'orders/order.ts'),
  imports('orders/shop.ts', 'shop.config.ts'),
];

it('draws one arrow from folder to folder, of product code, and none to or from what lies beside the folders', () => {
  expect(shown(arrowsBetween(modules, ROOT))).toEqual(['customers -> orders', 'orders -> customers', 'orders -> values', 'values -> orders']);
});

it('finds the arrows that go up, by the stated storeys', () => {
  expect(shown(backArrows(arrowsBetween(modules, ROOT), ['values', 'customers', 'orders']))).toEqual(['customers -> orders', 'values -> orders']);
});

it('refuses to count where a folder has no storey', () => {
  expect(() => backArrows(arrowsBetween(modules, ROOT), ['values', 'orders'])).toThrow('no storey is stated for customers');
});

it('counts a pair that imports each other once', () => {
  expect(shown(mutualArrows(arrowsBetween(modules, ROOT)))).toEqual(['customers -> orders', 'orders -> values']);
});

it('counts a circle once, from whichever of its files it is seen', () => {
  const seen = (source: string, ...cycle: string[]): Module => ({
    source,
    dependencies: [{ resolved: cycle[0], circular: true, cycle: cycle.map(name => ({ name })) }],
  });
  const found = circles([seen('a.ts', 'b.ts', 'a.ts'), seen('b.ts', 'a.ts', 'b.ts'), seen('b.ts', 'c.ts', 'b.ts'), imports('d.ts', 'e.ts')]);
  expect(found.map(({ path, what }) => `${path} -> ${what}`)).toEqual(['a.ts -> b.ts', 'b.ts -> c.ts']);
});
