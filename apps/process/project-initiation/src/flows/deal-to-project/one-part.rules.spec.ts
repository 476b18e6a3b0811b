import { expect, it } from 'vitest';
import { aDeal } from '#testing';
import { inOnePart, lacksParts } from './one-part.rules.js';

const deal = aDeal({ milestones: [] });

it.each([
  ['fixed-price', true],
  ['milestone', true],
  ['time-and-materials', false],
  ['retainer', false],
  [undefined, false],
])('a deal without milestones that is billed by %s lacks parts: %s', (method, lacks) => {
  expect(lacksParts(deal, method)).toBe(lacks);
  expect(lacksParts(inOnePart(deal, 'last-day'), method)).toBe(false);
});

it('is one part of the whole price, due on the day that is asked for', () => {
  const [part] = inOnePart(deal, 'last-day').milestones;
  expect(part).toMatchObject({ name: deal.name, sequence: 1, dueDate: deal.endDate, amount: deal.amount });
  expect(inOnePart(deal, 'first-day').milestones).toEqual([{ ...part, dueDate: deal.startDate }]);
});
