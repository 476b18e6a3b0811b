import { expect, it } from 'vitest';
import { vendorAnswer } from './vendor-answer.js';

const read = (text: string) => vendorAnswer(200, {}, text).json<unknown>();

it.each([
  ['as plain characters', '{"name":"Mu\u0308ller"}', { name: 'M\u00fcller' }],
  ['escaped', '{"name":"a\\u0000b\\ud83d","note":"x\\r\\ny"}', { name: 'ab\ufffd', note: 'x\ny' }],
  ['in the name of a field', '[{"a\\u0000":1}]', [{ a: 1 }]],
])('cleans the texts of an answer, %s, as they enter', (_, text, value) => expect(read(text)).toEqual(value));

it('leaves whole characters as they are', () => expect(read('{"name":"\\ud83d\\ude00 M\u00fcller"}')).toEqual({ name: '😀 Müller' }));
