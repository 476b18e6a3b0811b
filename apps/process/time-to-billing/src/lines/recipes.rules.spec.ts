import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cleanJson, shortened, type TimeEntry } from '#canonical';
import { lineAfter } from './intake.rules.js';
import { aTimeEntry } from '../facts/line-facts.fixture.js';
import { billingContentOf } from './versions.rules.js';

// One record as the PSA showed it before texts were cleaned and since: its note cut at 1,000 UTF-16
// units, and cut by whole characters with an ellipsis.
const asBefore = (note: string, email: string): TimeEntry => aTimeEntry({ note: note.slice(0, 1_000), person: { email: email.toLowerCase() } });
const asNow = (note: string, email: string): TimeEntry =>
  aTimeEntry({ note: shortened(cleanJson(note), 1_000), person: { email: cleanJson(email).toLowerCase() } });

/** How a hash was made before: the memo cut anywhere, nothing normalised. */
function hashBefore(entry: TimeEntry): string {
  const memo = (entry.note ?? '').replace(/\s+/g, ' ').trim().slice(0, 300).trimEnd();
  const content = { ...billingContentOf(entry), memo, person: entry.person.email.toLowerCase() };
  const fields = Object.entries(content).sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256').update(JSON.stringify(fields)).digest('hex').slice(0, 32);
}

function taken(before: TimeEntry, now: TimeEntry) {
  const seen = { kind: 'time' as const, deleted: false, at: '2026-11-20T09:00:00Z', legalEntities: [], correlationId: 'c-1' };
  const { line } = lineAfter(undefined, { ...seen, entry: before, sequence: 1 })!;
  const kept = { ...line, entry: before, contentHash: hashBefore(before), assessment: 'priced' as const };
  return lineAfter(kept, { ...seen, entry: now, sequence: 2 });
}

/** Postgres never kept half a character. */
const storable = (text: string) => !/\p{Surrogate}/u.test(text);

describe('a line that was made by an older recipe', () => {
  it.each([
    ['a decomposed note', 'Mu\u0308ller '.repeat(10)],
    ['a long decomposed note', 'Mu\u0308ller, Dvo\u0159a\u0301k '.repeat(80)],
    ['a note with letters of many marks', '\u03b1\u0313\u0300\u0345'.repeat(240)],
    ['a note that was cut between letters of many marks', '\u03b1\u0313\u0300\u0345'.repeat(260)],
    ['a note that was cut between a letter and its marks', `a${'\u03b1\u0313\u0300\u0345'.repeat(260)}`],
    ['an emoji where the memo is cut', `${'a'.repeat(299)}😀 tail`],
    ['a family of emoji where the memo is cut', `${'a'.repeat(297)}👩‍👩‍👧 tail`],
    ['mostly blanks', `${'u\u0308 \n\r\n'.repeat(170)}tail that was cut off`],
    ['mostly blanks, with nothing to clean', `${`u${' '.repeat(9)}`.repeat(110)}tail that was cut off`],
    ['line ends of another system', 'one\r\ntwo\rthree'],
    ['control characters', 'a\u0007b\u001bc'],
  ])('has no new version for %s that did not change', (_, note) => {
    expect(taken(asBefore(note, 'Rene\u0301@larkfield.example'), asNow(note, 'Rene\u0301@larkfield.example'))).toMatchObject({
      newVersion: false,
      line: { version: 1 },
    });
  });

  it.each([
    ['at its beginning', 'Mu\u0308ller '.repeat(10), `X${'Mu\u0308ller '.repeat(10)}`],
    ['at its beginning, and was cut', '\u03b1\u0313\u0300\u0345'.repeat(260), `X${'\u03b1\u0313\u0300\u0345'.repeat(260)}`],
    ['at its end, and was not cut', 'Mu\u0308ller', 'Mu\u0308ller and more'],
  ])('has one when the note did change %s', (_, before, now) => {
    expect(taken(asBefore(before, 'a@b.example'), asNow(now, 'a@b.example'))).toMatchObject({ newVersion: true, line: { version: 2 } });
  });

  it('has no new version for any text that did not change, and one for any other change', () => {
    const piece = fc.constantFrom(
      'a',
      ' ',
      '\n',
      '\r\n',
      'u\u0308',
      '\u1112\u1161\u11ab',
      '😀',
      '👩‍👩‍👧',
      '\u0007',
      '\u03b1\u0313\u0300\u0345',
      'Zeile ',
    );
    const note = fc.array(piece, { maxLength: 700 }).map(pieces => pieces.join(''));
    fc.assert(
      fc.property(note, fc.constantFrom('a@b.example', 'Rene\u0301@b.example'), (text, email) => {
        fc.pre(storable(text.slice(0, 1_000)));
        const [before, now] = [asBefore(text, email), asNow(text, email)];
        expect(taken(before, now)?.newVersion).toBe(false);
        expect(taken(before, { ...now, workedMinutes: now.workedMinutes + 1 })?.newVersion).toBe(true);
      }),
    );
  });
});
