import { expect, it } from 'vitest';
import { broken, loose, tableOf } from './bounds.js';

const figure = (name: string, value: number) => ({ name, value, places: [] });
const bounds = { circles: { bound: 7, aim: 0 }, 'lines of vendors/acme': { bound: 300, aim: null } };

it('lets a figure be at its bound and below it', () => {
  expect(broken([figure('circles', 7), figure('lines of vendors/acme', 299)], bounds)).toEqual([]);
});

it('names the figure that grew, one without a bound, and a bound of nothing', () => {
  expect(broken([figure('circles', 8), figure('lines of vendors/larder', 1)], bounds)).toEqual([
    'circles: 8, above the bound of 7',
    'lines of vendors/larder: 1, and no bound is stated',
    'lines of vendors/acme: a bound is stated, and nothing is counted',
  ]);
});

it('says which bound is to come down', () => {
  expect(loose([figure('circles', 5), figure('lines of vendors/acme', 300)], bounds)).toEqual(['circles: lower the bound to 5']);
});

it('shows each figure beside its bound and its aim', () => {
  expect(tableOf([figure('circles', 7), figure('lines of vendors/acme', 299), figure('new', 1)], bounds).split('\n')).toEqual([
    '                         now  bound    aim',
    'circles                    7      7      0',
    'lines of vendors/acme    299    300  fewer',
    'new                        1              ',
  ]);
});
