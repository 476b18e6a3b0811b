import { describe, expect, it } from 'vitest';
import { publicReason } from './public-reason.rules.js';

describe('the public reason of a failed check', () => {
  it.each([
    [new Error('closed'), 'closed'],
    [new Error('3 events wait since 12 s'), '3 events wait since 12 s'],
    [Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:5432'), { code: 'ECONNREFUSED' }), "can't be reached"],
    [Object.assign(new Error('password authentication failed for user "x"'), { code: '28P01' }), "can't be reached"],
  ])('keeps what helps: %s', (error, said) => expect(publicReason(error)).toBe(said));

  it.each([
    'http://issuer.internal:8081/keys answered 500',
    'connect to 10.1.2.3:5432 failed',
    'connect to [2001:db8::1]:5432 failed',
    'connect ::1:5432',
    'getaddrinfo ENOTFOUND database',
    'no answer from db.prod.example.com',
    'localhost:5432 is away',
    'postgres://throughline:secret@db/throughline',
  ])('contains no address: %s', text => {
    expect(publicReason(new Error(text))).not.toMatch(/issuer\.internal|8081|5432|10\.1|2001|::1|database|example|localhost|secret|@db/);
  });
});
