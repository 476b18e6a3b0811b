import { describe, expect, it } from 'vitest';
import { olderVersion } from './older-version.js';
import { operations, post } from './operation.js';

class Body {
  text: string;
}

const said = { scope: 'crm.write', summary: 'A note', body: Body, answer: Body } as const;
const { takeNote } = operations('notes', { takeNote: post('notes', said) });
const same = { of: takeNote, up: (asked: { body: Body }) => asked, down: (answer: Body) => answer };

describe('an operation of an older version', () => {
  it('is served by the newer one', () => {
    const { takeNote: older } = operations('notes', { takeNote: olderVersion(post('memos', said), same) });
    expect(older).toMatchObject({ id: 'takeNote', path: 'memos', translation: { of: takeNote } });
  });

  it.each([
    ['scope', { ...said, scope: 'crm.read' as const }],
    ['writesNothing', { ...said, writesNothing: true as const }],
    ['ifMatch', { ...said, ifMatch: 'Its hash.' }],
    ['status', { ...said, status: 201 as const }],
  ])('is not declared with another %s than the newer one', (name, other) => {
    expect(() => olderVersion(post('notes', other), same)).toThrow(`notes of an older version has another ${name} than takeNote, which serves it.`);
  });
});
