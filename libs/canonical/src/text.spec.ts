import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cleanJson, cleanText, cutText } from './text.js';

const anything = fc.string({ unit: 'binary', maxLength: 200 }).chain(text => fc.constantFrom(text, text.slice(1), text.slice(0, -1)));

describe('text of people', () => {
  it.each([
    ['plain text', 'Kick-off,\tday 1\nday 2', 'Kick-off,\tday 1\nday 2'],
    ['a NUL', 'a\u0000b', 'ab'],
    ['other control characters', 'a\u0007\u001b[1mb\u007f\u0080', 'a[1mb'],
    ['line ends of every kind', 'a\r\nb\rc\vd\fe\u0085f', 'a\nb\nc\nd\ne\nf'],
    ['the first half of an emoji', 'a\ud83d', 'a\ufffd'],
    ['the second half of an emoji', '\ude00b', '\ufffdb'],
    ['a whole emoji', 'a😀b', 'a😀b'],
    ['letters with their marks apart', 'Mu\u0308ller', 'M\u00fcller'],
    ['a NUL between a letter and its mark', 'u\u0000\u0308', '\u00fc'],
  ])('cleans %s', (_, text, clean) => expect(cleanText(text)).toBe(clean));

  it('cleans whatever comes so that it can be stored, and once is enough', () => {
    fc.assert(
      fc.property(anything, text => {
        const clean = cleanText(text);
        expect(cleanText(clean)).toBe(clean);
        expect(clean).toBe(clean.normalize('NFC'));
        expect(/[^\t\n\P{Cc}]|\p{Surrogate}/u.test(clean)).toBe(false);
      }),
    );
  });

  it('cleans every text of a JSON value, and leaves what is no text', () => {
    const value = JSON.parse('{"a\\u0000":["x\\u0000",1,null,true,{"__proto__":"y\\ud83d"}]}') as unknown;
    expect(JSON.stringify(cleanJson(value))).toBe('{"a":["x",1,null,true,{"__proto__":"y\ufffd"}]}');
  });

  it.each([
    ['shorter than that', 'short', 10, 'short'],
    ['before an emoji that would be halved', `${'a'.repeat(9)}😀 tail`, 10, 'a'.repeat(9)],
    ['before a letter whose mark is beyond', 'abcu\u0308', 4, 'abc'],
    ['before a family of several emoji', 'ab👩‍👩‍👧', 6, 'ab'],
    ['before a flag', 'ab🇩🇪🇫🇷', 8, 'ab🇩🇪'],
    ['between code points where one character is all there is', `e${'\u0301'.repeat(20)}`, 5, `e${'\u0301'.repeat(4)}`],
    ['and never inside a pair', '👩‍👩‍👧‍👦', 4, '👩‍'],
    ['to nothing', 'abc', 0, ''],
  ])('cuts %s', (_, text, most, cut) => expect(cutText(text, most)).toBe(cut));

  it('cuts whatever comes to a beginning of it that is whole and no longer than asked', () => {
    fc.assert(
      fc.property(anything.map(cleanText), fc.nat(60), (text, most) => {
        const cut = cutText(text, most);
        expect(text.startsWith(cut)).toBe(true);
        expect(cut.length).toBeLessThanOrEqual(most);
        expect(cleanText(cut)).toBe(cut);
      }),
    );
  });
});
