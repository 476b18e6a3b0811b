import { XMLParser, XMLValidator } from 'fast-xml-parser';

/** An element with its namespace resolved. Text is that of the element itself, trimmed. */
export interface Element {
  namespace: string;
  name: string;
  attributes: { namespace: string; name: string; value: string }[];
  children: Element[];
  text: string;
}

type Node = Record<string, unknown>;

const parser = new XMLParser({
  preserveOrder: true,
  ignoreAttributes: false,
  attributeNamePrefix: '',
  parseTagValue: false,
  parseAttributeValue: false,
  htmlEntities: true, // numeric references too
  trimValues: true,
  ignoreDeclaration: true,
  ignorePiTags: true,
});

/**
 * Parses a document into its root element; throws when it isn't well formed, or has a document type
 * (entity tricks).
 */
export function parseXml(text: string): Element {
  const verdict = XMLValidator.validate(text);
  if (verdict !== true) throw new SyntaxError(verdict.err.msg);
  if (/<!DOCTYPE/i.test(text)) throw new SyntaxError('a document type is not allowed');
  const root = (parser.parse(text) as Node[]).find(node => tagOf(node) !== undefined);
  if (!root) throw new SyntaxError('no root element');
  return elementOf(root, { xml: 'http://www.w3.org/XML/1998/namespace' });
}

const tagOf = (node: Node): string | undefined => Object.keys(node).find(key => key !== ':@' && key !== '#text');

function elementOf(node: Node, outer: Record<string, string>): Element {
  const tag = tagOf(node)!;
  const given = Object.entries((node[':@'] ?? {}) as Record<string, string>);
  const scope = { ...outer };
  for (const [name, value] of given) {
    if (name === 'xmlns') scope[''] = value;
    else if (name.startsWith('xmlns:')) scope[name.slice(6)] = value;
  }
  const inside = node[tag] as Node[];
  return {
    ...resolve(tag, scope, scope[''] ?? ''),
    attributes: given.filter(([name]) => !name.startsWith('xmlns')).map(([name, value]) => ({ ...resolve(name, scope, ''), value })),
    children: inside.filter(child => tagOf(child) !== undefined).map(child => elementOf(child, scope)),
    text: inside
      .map(child => ('#text' in child ? String(child['#text']) : ''))
      .join('')
      .trim(),
  };
}

/**
 * A name without a prefix is in the default namespace when it is an element's, in none when it is
 * an attribute's.
 */
function resolve(qualified: string, scope: Record<string, string>, unprefixed: string): { namespace: string; name: string } {
  const [prefix, local] = qualified.includes(':') ? qualified.split(':') : ['', qualified];
  if (prefix === '') return { namespace: unprefixed, name: local };
  if (!(prefix in scope)) throw new SyntaxError(`the prefix ${prefix} is not bound`);
  return { namespace: scope[prefix], name: local };
}

export const childOf = (element: Element | undefined, name: string): Element | undefined => element?.children.find(child => child.name === name);

export const childrenOf = (element: Element | undefined, name: string): Element[] => element?.children.filter(child => child.name === name) ?? [];

export const escapeXml = (text: string): string => text.replace(/[&<>"']/g, character => `&#${character.charCodeAt(0)};`);

/** A piece of markup, so that only plain text is escaped. */
export class Markup {
  constructor(readonly text: string) {}
}

type Attributes = Record<string, string | number>;
type Content = string | number | boolean | null | undefined | Markup | Content[];

/**
 * `wd('Name', content)` or `wd('Name', { Descriptor: 'x' }, ...content)`: an element with prefix
 * `wd` and qualified attributes. Null and undefined content is left out, and so is an element
 * without any remaining content. Booleans are 1 and 0.
 */
export function wd(name: string, ...parts: (Content | Attributes)[]): Markup | undefined {
  const attributes = parts.length > 0 && isAttributes(parts[0]) ? parts[0] : {};
  const content = (isAttributes(parts[0]) ? parts.slice(1) : parts) as Content[];
  const inside = flat(content).map(written);
  const head = Object.entries(attributes).map(([key, value]) => ` wd:${key}="${escapeXml(String(value))}"`);
  return inside.length === 0 && content.length > 0 ? undefined : new Markup(`<wd:${name}${head.join('')}>${inside.join('')}</wd:${name}>`);
}

const isAttributes = (part: Content | Attributes): part is Attributes =>
  part !== null && typeof part === 'object' && !Array.isArray(part) && !(part instanceof Markup);

const flat = (content: Content[]): (string | number | boolean | Markup)[] =>
  content.flatMap(part => (Array.isArray(part) ? flat(part) : part === null || part === undefined ? [] : [part]));

function written(part: string | number | boolean | Markup): string {
  if (part instanceof Markup) return part.text;
  return typeof part === 'boolean' ? (part ? '1' : '0') : escapeXml(String(part));
}
