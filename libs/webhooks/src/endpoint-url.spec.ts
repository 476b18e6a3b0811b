import { describe, expect, it } from 'vitest';
import { urlFault } from './endpoint-url.js';

describe('the address of an endpoint', () => {
  it.each(['https://partner.example.com/hooks?tenant=1', 'https://partner.example.com:8443/', 'https://1.1.1.1/x'])('may be %s', url =>
    expect(urlFault(url, false)).toEqual([]),
  );

  it.each([
    ['https', 'http://partner.example.com/'],
    ['https', 'ftp://partner.example.com/'],
    ['https', 'javascript:alert(1)'],
    ['https', 'partner.example.com'],
    ['https', ''],
    ['plain', 'https://user@partner.example.com/'],
    ['plain', 'https://:secret@partner.example.com/'],
    ['plain', 'https://partner.example.com/#part'],
    ['max-length', `https://partner.example.com/${'x'.repeat(2_000)}`],
    ['public', 'https://127.0.0.1/'],
    ['public', 'https://2130706433/'],
    ['public', 'https://0x7f.1/'],
    ['public', 'https://[::1]/'],
    ['public', 'https://[::ffff:10.0.0.1]/'],
    ['public', 'https://169.254.169.254/latest/meta-data'],
  ])('is refused by the rule %s: %s', (rule, url) => expect(urlFault(url, false)).toMatchObject([{ field: 'url', rule }]));

  it('may be of this machine where that is opened', () => {
    expect(urlFault('http://127.0.0.1:9000/hooks', true)).toEqual([]);
    expect(urlFault('http://10.0.0.1/', true)).toHaveLength(1);
  });
});
