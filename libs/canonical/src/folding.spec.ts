import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { folded, wordsOf } from './folding.js';

describe('a text as it is searched', () => {
  it.each([
    ['SØNS', 'sons'],
    ['Søns', 'sons'],
    ['So\u0308ns', 'sons'],
    ['Łódź', 'lodz'],
    ['Straße', 'strasse'],
    ['STRASSE', 'strasse'],
    ['Ærø', 'aero'],
    ['İstanbul', 'istanbul'],
    ['ISTANBUL', 'istanbul'],
    ['ΟΔΌΣ', 'οδοσ'],
    ['οδός', 'οδοσ'],
    ['Ёлка', 'елка'],
    ['ＡＢＣ１２３', 'abc123'],
    ['ﬁnance', 'finance'],
    ['ｶﾞｽ', 'ガス'],
    ['が', 'が'],
    ['한국', '한국'],
    ['हिन्दी', 'हिन्दी'],
    ['مُحَمَّد', 'محمد'],
  ])('%s is %s', (text, as) => expect(folded(text)).toBe(as));

  it('is the same folded again, in whatever form it came', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), text => {
        const once = folded(text);
        expect(folded(once)).toBe(once);
        expect(folded(text.normalize('NFD'))).toBe(once);
        expect(folded(text.normalize('NFC'))).toBe(once);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('the words of a text', () => {
  it.each([
    ['Müller & Søns (PO-1001)', [['muller'], ['sons'], ['po'], ['1001']]],
    ['東京電力ホールディングス', [[...'東京電力ホールディングス']]],
    ['Tokyo東京 支社', [['tokyo'], ['東', '京'], ['支', '社']]],
    ['กรุงเทพ จำกัด', [[...'กรุงเทพ'], [...'จํากัด']]],
    ['हिन्दी सेवा', [['हिन्दी'], ['सेवा']]],
    ["L'Atelier", [['l'], ['atelier']]],
    ['–––', []],
  ])('%s', (text, words) => expect(wordsOf(text)).toEqual(words));

  it('are never longer than a database takes', () => {
    expect(wordsOf('x'.repeat(5000))).toEqual([['x'.repeat(100)]]);
  });
});
