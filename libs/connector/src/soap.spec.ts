import { expect, it } from 'vitest';
import { element, elements, elementText, everyElement, soapBody, soapEnvelope } from './soap.js';

const login = { username: 'Ada & Co', password: `"<'>"` };

it('makes an envelope whose log-in is escaped, and reads what is in one, whatever its prefixes are', () => {
  const envelope = soapEnvelope('<a:Things><a:Thing a:kind="odd">1 &amp; 2</a:Thing><a:Thing/></a:Things>', { a: 'urn:acme' }, login);
  expect(envelope).toContain('<wsse:Username>Ada &#38; Co</wsse:Username>');
  expect(envelope).not.toContain(login.password);
  const things = element(soapBody(envelope), 'Things');
  expect(elements(things, 'Thing').map(thing => [elementText(thing, '@kind'), elementText(thing, '#text')])).toEqual([['odd', '1 & 2']]);
  expect(everyElement(things, 'Thing')).toHaveLength(2);
  expect([element(things, 'Nothing'), elementText(things, 'Nothing')]).toEqual([undefined, undefined]);
});

it.each(['<html><body>Down for maintenance</body></html>', '<!DOCTYPE html><a/>', '<Envelope><Body>', 'no markup', ''])(
  'reads no body in %s',
  text => {
    expect(soapBody(text)).toBeUndefined();
  },
);
