import { expect, it } from 'vitest';
import { inForce } from './app-environment.js';

it('lets the environment take precedence, by a value or by the file of one', () => {
  const sample = { KANTATA_TOKEN: 'sample', KANTATA_BASE_URL: 'http://127.0.0.1:8092', ISSUER_URL: 'http://127.0.0.1:8081', LOG_LEVEL: 'info' };
  const env = { KANTATA_TOKEN_FILE: '/run/secrets/kantata', KANTATA_BASE_URL: 'https://api.example', LOG_LEVEL: '', OTHER: 'x' };
  expect(inForce(sample, env)).toEqual({
    KANTATA_TOKEN_FILE: '/run/secrets/kantata',
    KANTATA_BASE_URL: 'https://api.example',
    ISSUER_URL: 'http://127.0.0.1:8081',
    LOG_LEVEL: 'info',
  });
});
