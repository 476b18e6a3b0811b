import { expect, it } from 'vitest';
import { text } from './messages.js';

it('ends a sentence with its last word where a part that it may have is not there', () => {
  const by = 'Imogen';
  expect(text({ code: 'journey.exception-retried', params: { by, reason: '' } })).toBe('Imogen let it try again.');
  expect(text({ code: 'journey.exception-retried', params: { by, reason: 'The card is there.' } })).toBe(
    'Imogen let it try again. The card is there.',
  );
});

it('reads as its code and parameters where no sentence is known', () => {
  expect(text({ code: 'nothing.such', params: { deal: 'D-1' } })).toBe('nothing.such, deal D-1');
});
