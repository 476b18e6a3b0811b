import { describe, expect, it } from 'vitest';
import { idOf, parseId, to18 } from './record-id.js';

describe('record ids', () => {
  it.each([
    ['001D000000IqhSL', '001D000000IqhSLIAZ'],
    ['0018a00001rBqb8', '0018a00001rBqb8AAC'],
    ['00190000001pPvH', '00190000001pPvHAAU'],
  ])('gives %s the documented suffix', (short, long) => expect(to18(short)).toBe(long));

  it('accepts both lengths and refuses a wrong suffix', () => {
    expect(parseId('001D000000IqhSL')).toBe('001D000000IqhSLIAZ');
    expect(parseId('001D000000IqhSLIAZ')).toBe('001D000000IqhSLIAZ');
    expect(parseId('001D000000IqhSLAAA')).toBeNull();
    expect(parseId('abc')).toBeNull();
  });

  it('counts ids in base 62 behind the object prefix', () => expect(idOf('006', 62 + 10)).toBe(to18('006LF000000001A')));
});
