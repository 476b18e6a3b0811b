import type { Change } from '../change.js';
import type { Comparing } from './comparing.js';
import type { RuleId } from './document-rules.js';
import { found, sentence } from './found.js';
import { compareMarks, type Around } from './marks.js';
import { covers, mediaName, mediaRange, type MediaRange } from './media-types.js';
import { paired, pairedEntries, Part } from './open-document.js';
import { compareSerialization, type PlaceOfValue } from './serialization.js';

/** A part of a message: which way it travels, and what it is called within a sentence. */
export interface Message extends Around {
  sent: 'request' | 'response';
  what: string;
  /** The one who gets it was not asked what they accept: they can't choose among media types. */
  unasked?: boolean;
}

interface Media {
  range: MediaRange;
  name: string;
  part: Part;
}

const mediaOf = (content: Part | undefined): Media[] =>
  (content?.entries() ?? []).map(([key, part]) => {
    const range = mediaRange(key);
    return { range, name: mediaName(range), part };
  });

/** The media types of a body, of a parameter or of a header. */
export function compareContent(base: Part | undefined, revision: Part | undefined, message: Message, comparing: Comparing): Change[] {
  const { sent, unasked, what } = message;
  const [before, now] = [mediaOf(base), mediaOf(revision)];
  const known = new Set<Media>();
  const compare = (from: Media, to: Media): Change[] => {
    known.add(to);
    return compareMedia(from, to, message, comparing);
  };
  return [
    ...before.flatMap(media => {
      const same = now.find(({ name }) => name === media.name);
      if (same) return compare(media, same);
      const wider = now.find(({ range }) => covers(range, media.range));
      if (wider) {
        return [
          found(`${sent}-media-type-widened`, wider.part.pointer, `${sentence(what)} may be ${wider.name}, not ${media.name} only.`),
          ...compare(media, wider),
        ];
      }
      const narrower = now.filter(({ range }) => covers(media.range, range));
      if (narrower.length === 0) return [found(`${sent}-media-type-removed`, media.part.pointer, `${sentence(what)} is no longer ${media.name}.`)];
      const names = narrower.map(({ name }) => name).join(' or ');
      return [
        found(`${sent}-media-type-narrowed`, narrower[0].part.pointer, `${sentence(what)} is ${names} only, of all ${media.name}.`),
        ...narrower.flatMap(to => compare(media, to)),
      ];
    }),
    ...now.flatMap(media => {
      if (known.has(media)) return [];
      const wider = before.find(({ range }) => covers(range, media.range));
      if (wider) return compare(wider, media);
      const id = sent === 'response' && unasked ? 'webhook-media-type-added' : (`${sent}-media-type-added` as const);
      return [found(id, media.part.pointer, `${sentence(what)} may also be ${media.name}.`)];
    }),
  ];
}

function compareMedia(before: Media, now: Media, message: Message, comparing: Comparing): Change[] {
  const [base, revision] = [before.part, now.part];
  const what = `${message.what} (${now.name})`;
  const isForm = now.range.type === 'multipart' || now.name === 'application/x-www-form-urlencoded';
  return [
    ...comparing.schemas(base, revision, message),
    ...(isForm ? compareEncodings(base, revision, message, comparing) : []),
    ...compareMarks(base, revision, what, message),
  ];
}

function compareEncodings(base: Part, revision: Part, message: Message, comparing: Comparing): Change[] {
  return pairedEntries(base.get('encoding'), revision.get('encoding')).flatMap(([property, mayBefore, mayNow]) => {
    const before = mayBefore ?? new Part(base.document, {}, base.pointer);
    const now = mayNow ?? new Part(revision.document, {}, revision.pointer);
    // A property that is not in both is the schemas' matter.
    if (!propertyOf(base, property) !== !propertyOf(revision, property)) return [];
    const what = `the part \`${property}\` of ${message.what}`;
    const [types, typesNow] = [contentTypes(before, base, property), contentTypes(now, revision, property)];
    const removed = types.filter(type => !typesNow.includes(type));
    const added = typesNow.filter(type => !types.includes(type));
    const inRequest = message.sent === 'request';
    return [
      ...removed.map(type =>
        found(
          inRequest ? 'request-encoding-content-type-removed' : 'response-encoding-content-type-removed',
          now.pointer,
          `${sentence(what)} is no longer ${type}.`,
        ),
      ),
      ...added.map(type =>
        found(
          inRequest ? 'request-encoding-content-type-added' : 'response-encoding-content-type-added',
          now.pointer,
          `${sentence(what)} may be ${type}.`,
        ),
      ),
      ...compareSerialization(before, now, 'query', what, message.sent),
      ...compareHeaders(before, now, { ...message, what }, comparing),
      ...compareMarks(before, now, what, message),
    ];
  });
}

const propertyOf = (media: Part, name: string): Part | undefined => media.tryGet('schema')?.tryGet('properties')?.tryGet(name);

const member = (schema: Part | undefined, key: string): unknown =>
  typeof schema?.value === 'object' && schema.value !== null ? schema.raw(key) : undefined;

/** The types of a part of a form; when none is named they follow from its schema. */
function contentTypes(encoding: Part, media: Part, name: string): string[] {
  const named = encoding.text('contentType');
  if (named !== undefined) return named.split(',').map(type => mediaName(mediaRange(type.trim())));
  let schema = propertyOf(media, name);
  if (member(schema, 'type') === 'array' && media.document.dialect === '3.0') schema = schema?.tryGet('items');
  const type = member(schema, 'type');
  if (type === 'object' || type === 'array') return ['application/json'];
  const isBinary = type === undefined || member(schema, 'format') === 'binary' || member(schema, 'contentEncoding') !== undefined;
  return [isBinary ? 'application/octet-stream' : 'text/plain'];
}

const HEADER_RULES = {
  response: {
    removed: 'response-header-removed',
    addedRequired: 'response-header-added',
    addedOptional: 'response-header-added',
    required: 'response-header-became-required',
    optional: 'response-header-became-optional',
  },
  request: {
    removed: 'request-header-removed',
    addedRequired: 'request-header-added-required',
    addedOptional: 'request-header-added-optional',
    required: 'request-header-became-required',
    optional: 'request-header-became-optional',
  },
} satisfies Record<string, Record<string, RuleId>>;

/** Headers by their names in small letters; `Content-Type` is said by the media types. */
const headersOf = (holder: Part): Map<string, { name: string; part: Part }> =>
  new Map(
    (holder.get('headers')?.entries() ?? [])
      .map(([name, part]) => [name.toLowerCase(), { name, part }] as const)
      .filter(([name]) => name !== 'content-type'),
  );

/** The headers of an answer, or of a part of a form. */
export function compareHeaders(base: Part, revision: Part, message: Message, comparing: Comparing): Change[] {
  const { sent } = message;
  const rules = HEADER_RULES[sent];
  return paired(headersOf(base), headersOf(revision)).flatMap(([, before, now]): Change[] => {
    const what = `the header \`${(now ?? before)!.name}\` of ${message.what}`;
    const isRequired = ({ part }: { part: Part }): boolean => part.raw('required') === true;
    if (!now) return before ? [found(rules.removed, before.part.pointer, `${sentence(what)} is removed.`)] : [];
    if (!before) return [found(isRequired(now) ? rules.addedRequired : rules.addedOptional, now.part.pointer, `${sentence(what)} is new.`)];
    const required = isRequired(now);
    return [
      ...(required === isRequired(before)
        ? []
        : [
            found(
              required ? rules.required : rules.optional,
              now.part.pointer,
              `${sentence(what)} ${required ? 'is always there' : 'may be missing'} now.`,
            ),
          ]),
      ...compareValue(before.part, now.part, 'header', { ...message, what, unasked: true }, comparing),
      ...compareMarks(before.part, now.part, what, message),
    ];
  });
}

/** The value of a parameter or of a header: how it is written, by style or as a media type, and what it may be. */
export function compareValue(base: Part, revision: Part, place: PlaceOfValue, message: Message, comparing: Comparing): Change[] {
  const { what, sent } = message;
  const [content, newContent] = [base.get('content'), revision.get('content')];
  if (!content !== !newContent) {
    return [found('serialization-changed', revision.pointer, `How ${what} is written changed between a style and a media type.`, sent)];
  }
  return [
    ...compareSerialization(base, revision, place, what, sent),
    ...comparing.schemas(base, revision, message),
    ...compareContent(content, newContent, message, comparing),
  ];
}
