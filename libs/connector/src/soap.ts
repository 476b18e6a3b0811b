import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { cleanText } from '#canonical';

// Requests and answers of any SOAP 1.1 service.

const SOAP = 'http://schemas.xmlsoap.org/soap/envelope/';
const WSSE = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd';
const PASSWORD_TEXT = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-username-token-profile-1.0#PasswordText';

export const escapeXml = (text: string): string => text.replace(/[&<>"']/g, character => `&#${character.charCodeAt(0)};`);

/** An envelope with a user name token. `namespaces` are those of the body, by prefix; the body is XML. */
export function soapEnvelope(body: string, namespaces: Record<string, string>, login: { username: string; password: string }): string {
  const names = Object.entries(namespaces).map(([prefix, uri]) => ` xmlns:${prefix}="${uri}"`);
  const token = `<wsse:Username>${escapeXml(login.username)}</wsse:Username><wsse:Password Type="${PASSWORD_TEXT}">${escapeXml(login.password)}</wsse:Password>`;
  const security = `<wsse:Security soapenv:mustUnderstand="1" xmlns:wsse="${WSSE}"><wsse:UsernameToken>${token}</wsse:UsernameToken></wsse:Security>`;
  return `<soapenv:Envelope xmlns:soapenv="${SOAP}"${names.join('')}><soapenv:Header>${security}</soapenv:Header><soapenv:Body>${body}</soapenv:Body></soapenv:Envelope>`;
}

/**
 * Parsed XML: text, or children by name, attributes with `@`. A name that occurs once isn't a list.
 */
export type ParsedXml = { [name: string]: ParsedXml[] | ParsedXml | string };

const parser = new XMLParser({
  ignoreAttributes: false,
  removeNSPrefix: true,
  attributeNamePrefix: '@',
  parseTagValue: false,
  parseAttributeValue: false,
  htmlEntities: true, // numeric references too
});

/**
 * The body of an envelope; undefined when the text is not an envelope (a maintenance page, half an
 * answer).
 */
export function soapBody(text: string): ParsedXml | undefined {
  if (!/^\s*</.test(text) || /<!DOCTYPE/i.test(text) || XMLValidator.validate(text) !== true) return undefined;
  const { Envelope } = parser.parse(text) as { Envelope?: ParsedXml };
  return element(Envelope, 'Body');
}

/** The elements of a name that are not empty. */
export const elements = (within: ParsedXml | undefined, name: string): ParsedXml[] => {
  const found = within?.[name];
  const items = found === undefined ? [] : Array.isArray(found) ? found : [found];
  return items.filter((item): item is ParsedXml => typeof item === 'object');
};

/** The first element at a path. */
export const element = (within: ParsedXml | undefined, ...path: string[]): ParsedXml | undefined =>
  path.reduce((found, name) => elements(found, name)[0], within);

export function elementText(within: ParsedXml | undefined, name: string): string | undefined {
  const found = within?.[name];
  const first = Array.isArray(found) ? found[0] : found;
  const text = typeof first === 'object' ? first['#text'] : first;
  return typeof text === 'string' && text !== '' ? cleanText(text) : undefined;
}

/** All elements of a name, including empty ones. */
export function everyElement(within: ParsedXml | undefined, name: string): ParsedXml[] {
  const found = within?.[name] ?? [];
  return (Array.isArray(found) ? found : [found]).map(item => (typeof item === 'object' ? item : {}));
}
