import { describe, expect, expectTypeOf, it } from 'vitest';
import { CATALOGUES, CODES, message, text, type ParamsOf } from './messages.js';

it('ends a sentence with its last word where a part that it may have is not there', () => {
  const by = 'Imogen';
  expect(text({ code: 'journey.exception-retried', params: { by, reason: '' } })).toBe('Imogen let it try again.');
  expect(text({ code: 'journey.exception-retried', params: { by, reason: 'The card is there.' } })).toBe(
    'Imogen let it try again. The card is there.',
  );
});

it('reads as its code and parameters where no sentence is known', () => {
  expect(text({ code: 'nothing.such', params: { deal: 'D-1' } })).toBe('nothing.such, deal D-1');
  for (const code of ['constructor', 'toString', '__proto__']) expect(text({ code, params: {} })).toBe(code);
  expect(text({ code: 'nothing.such', params: {} }, 'constructor')).toBe('nothing.such');
});

describe('a message', () => {
  it('has the parameters of its sentence, and maybe more', () => {
    expectTypeOf<ParamsOf<'deal.dates-missing'>>().toExtend<{ deal: string; missing: string }>();
    expect(text(message('deal.dates-missing', { deal: 'Aurora', missing: 'start', more: 'of it' }))).toBe('Aurora has no start date.');
  });

  it('without a sentence, or without a parameter of its sentence, does not compile', () => {
    // @ts-expect-error -- there is no such sentence
    expect(message('deal.dates-gone', {}).code).toBe('deal.dates-gone');
    // @ts-expect-error -- the sentence says what is missing
    expect(text(message('deal.dates-missing', { deal: 'Aurora' }))).toBe('Aurora has no {missing} date.');
  });
});

it('has one sentence, whichever app says it', () => {
  expect(CATALOGUES.flatMap(catalogue => Object.keys(catalogue)).sort()).toEqual([...CODES].sort());
});

it('of an earlier release is read, and no longer made', () => {
  expect(text({ code: 'price.day-rate', params: { minutes: '480', perHour: '100', currency: 'GBP' } })).toBe(
    'A day of 480 minutes makes that 100 GBP an hour.',
  );
  // @ts-expect-error -- it is not said any more
  expect(message('price.day-rate', {}).code).toBe('price.day-rate');
});
