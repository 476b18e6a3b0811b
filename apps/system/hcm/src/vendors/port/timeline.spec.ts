import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readingDays, spansOf } from './timeline.js';

const day = (n: number): string => new Date(Date.UTC(2026, 0, 1 + n)).toISOString().slice(0, 10);

describe('the days to read a history on', () => {
  it('cuts time where changes take effect', () => {
    expect(spansOf('a', ['2026-03-01', '2026-02-01', '2026-03-01', '2025-01-01'], '2026-01-01', '2036-12-31')).toEqual([
      { id: 'a', from: '2026-01-01', until: '2026-01-31' },
      { id: 'a', from: '2026-02-01', until: '2026-02-28' },
      { id: 'a', from: '2026-03-01', until: '2036-12-31' },
    ]);
  });

  it('reads nothing more where the days that are read anyway lie in every span', () => {
    const spans = [...spansOf('a', ['2026-06-01'], '2026-01-01', '2036-12-31'), ...spansOf('b', [], '2026-01-01', '2036-12-31')];
    expect([...readingDays(spans, ['2026-11-21', '2036-12-31', '2026-01-01']).keys()].sort()).toEqual(['2026-01-01', '2026-11-21']);
  });

  it('prefers the first of the days that are read anyway', () => {
    const [span] = spansOf('a', [], '2026-01-01', '2036-12-31');
    expect([...readingDays([span], ['2026-11-21', '2036-12-31'])]).toEqual([['2026-11-21', [span]]]);
  });

  it('reads each span on one of its days, and no two of its further days could be one', () => {
    const changes = fc.array(fc.array(fc.integer({ min: 1, max: 700 }), { maxLength: 6 }), { maxLength: 20 });
    fc.assert(
      fc.property(changes, workers => {
        const spans = workers.flatMap((days, index) => spansOf(String(index), days.map(day), day(0), day(800)));
        const anyway = [day(325), day(800)];
        const readings = readingDays(spans, anyway);
        const read = [...readings].flatMap(([on, group]) => group.map(span => ({ on, ...span })));
        expect(read.length).toBe(spans.length);
        for (const { on, from, until } of read) expect(from <= on && on <= until).toBe(true);
        // The first span of each further reading ends before the next one's begins: none can be left out.
        const firsts = [...readings]
          .filter(([on]) => !anyway.includes(on))
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .map(([, group]) => group[0]);
        for (const [index, span] of firsts.entries()) if (index > 0) expect(firsts[index - 1].until < span.from).toBe(true);
      }),
    );
  });
});
