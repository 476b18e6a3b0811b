import { expect, it } from 'vitest';
import { sentence, sentenceOf } from './sentence.model.js';

it('what the portal says has the parameters of its sentence; without one it does not compile', () => {
  expect(sentence('summary.empty')).toEqual({ code: 'summary.empty', params: [] });
  expect(sentence('action.not-your-desk', { desk: 'pmo' }).params).toEqual([{ name: 'desk', value: 'pmo' }]);
  // @ts-expect-error -- the sentence names the desk
  expect(sentence('action.not-your-desk').params).toEqual([]);
  // @ts-expect-error -- there is no such sentence
  expect(sentence('action.never').code).toBe('action.never');
});

it('what was stored is shown with whatever code it has', () => {
  const stored = { code: 'of.an-earlier-release', params: { deal: 'Aurora' }, field: 'deal.name' };
  expect(sentenceOf(stored)).toEqual({ code: stored.code, params: [{ name: 'deal', value: 'Aurora' }], field: 'deal.name' });
});
