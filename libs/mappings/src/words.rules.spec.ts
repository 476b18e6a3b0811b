import { describe, expect, it, vi } from 'vitest';
import { mayBeMetBy } from '#work';
import { mappingNeed, MappingTable } from './mappings.js';
import { wordKey, wordOf } from './words.rules.js';

const entity = (source: string, target: string) => ({ kind: 'legal-entity' as const, source, target });

describe('a table of mappings', () => {
  it('compares no spellings until a word is spelt otherwise than it was mapped', () => {
    const compared = vi.spyOn(String.prototype, 'normalize');
    const table = new MappingTable([entity('Larkfield GmbH', 'LF-DE'), entity('Larkfield Ltd', 'LF-UK')]);
    expect([table.get('legal-entity', 'Larkfield Ltd'), compared.mock.calls.length]).toEqual(['LF-UK', 0]);
    expect(table.get('legal-entity', 'larkfield gmbh')).toBe('LF-DE');
    expect(compared).toHaveBeenCalled();
    compared.mockRestore();
  });
});

describe('a word', () => {
  it.each([
    ['another case', 'larkfield gmbh'],
    ['a trailing blank', 'Larkfield GmbH '],
    ['two blanks', 'Larkfield  GmbH'],
    ['another kind of blank', 'Larkfield\u00a0GmbH'],
    ['a zero-width blank', 'Larkfield\u200b GmbH\u200b'],
    ['a byte order mark', '\ufeffLarkfield GmbH'],
    ['a soft hyphen', 'Lark\u00adfield GmbH'],
    ['a mark of direction', '\u202eLarkfield GmbH'],
  ])('with %s is the same word', (_, spelt) => {
    expect(wordKey(spelt)).toBe(wordKey('Larkfield GmbH'));
    const table = new MappingTable([entity('Larkfield GmbH', 'LF-DE')]);
    expect(table.get('legal-entity', spelt)).toBe('LF-DE');
    const met = mayBeMetBy({ type: 'mapping.changed.v1', data: { kind: 'legal-entity', source: 'Larkfield GmbH', target: 'LF-DE' } }, [mappingNeed]);
    expect(met(`mapping:legal-entity:${spelt}`)).toBe(true);
    expect(met(`mapping:tax-code:${spelt}`)).toBe(false);
  });

  it('in decomposed letters is the same, another word is another', () => {
    expect(wordKey('Larkfield Süd'.normalize('NFD'))).toBe(wordKey('LARKFIELD SÜD'));
    expect(wordKey('Larkfield GmbH & Co')).not.toBe(wordKey('Larkfield GmbH'));
    expect(wordOf('  Larkfield\u200b  GmbH ')).toBe('Larkfield GmbH');
  });

  it('that was mapped in two ways before keeps both, each as it is spelt, and means nothing spelt in a third way', () => {
    const table = new MappingTable([entity('Larkfield GmbH', 'LF-DE'), entity('larkfield gmbh', 'LF-UK')]);
    expect(['Larkfield GmbH', 'larkfield gmbh', 'LARKFIELD GMBH'].map(word => table.get('legal-entity', word))).toEqual([
      'LF-DE',
      'LF-UK',
      undefined,
    ]);
    const agreed = new MappingTable([entity('Larkfield GmbH', 'LF-DE'), entity('larkfield gmbh', 'LF-DE')]);
    expect(agreed.get('legal-entity', 'LARKFIELD GMBH')).toBe('LF-DE');
  });
});
