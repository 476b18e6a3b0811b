import { describe, expect, it } from 'vitest';
import { deprecationHeaders } from './deprecated.decorator.js';

describe('the headers of a deprecated operation', () => {
  it('say since when (RFC 9745), until when (RFC 8594) and what to read', () => {
    expect(deprecationHeaders({ since: '2026-11-21', sunset: '2027-05-31', link: 'https://example.com/v2' })).toEqual({
      Deprecation: '@1795219200',
      Sunset: 'Mon, 31 May 2027 00:00:00 GMT',
      Link: '<https://example.com/v2>; rel="deprecation"',
    });
  });

  it('leave out an end that is not set', () => {
    expect(Object.keys(deprecationHeaders({ since: '2026-11-21' }))).toEqual(['Deprecation']);
  });
});
