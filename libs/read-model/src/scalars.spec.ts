import { describe, expect, it } from 'vitest';
import { BusinessDate, Instant } from './scalars.js';

describe('a date and an instant', () => {
  it.each(['2024-02-29', '2026-12-31', '0001-01-01'])('accept %s, which the calendar has', day => {
    expect(BusinessDate.parseValue(day)).toBe(day);
    expect(Instant.parseValue(`${day}T23:59:59.999999Z`)).toBe(`${day}T23:59:59.999999Z`);
  });

  it.each(['2026-02-30', '2025-02-29', '2026-04-31', '0000-01-01'])('refuse %s, which the calendar does not have', day => {
    expect(() => BusinessDate.parseValue(day)).toThrow(`BusinessDate must be of a day that the calendar has, not ${day}.`);
    expect(() => Instant.parseValue(`${day}T10:00:00Z`)).toThrow(`Instant must be of a day that the calendar has, not ${day}T10:00:00Z.`);
  });

  it.each(['2026-11-20T24:00:00Z', '2026-11-20T10:60:00Z', '2026-11-20T10:00:61Z', '2026-11-20T10:00:00+01:00', '2026-13-01T10:00:00Z'])(
    'refuse the moment %s',
    moment => {
      expect(() => Instant.parseValue(moment)).toThrow('Instant must be');
    },
  );
});
