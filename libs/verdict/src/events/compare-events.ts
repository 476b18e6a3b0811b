import { reportOf, type Change, type Report } from '../change.js';
import { tooSoon } from '../document/lifecycle.js';
import { DocumentError, escaped, type Which } from '../document/open-document.js';
import { SchemaComparison } from '../schema/index.js';

type Fields = Readonly<Record<string, unknown>>;

/** A message of a document of events, and where it stands. */
interface Message {
  readonly fields: Fields;
  readonly pointer: string;
  /** The address of its channel. */
  readonly address: string;
}

/**
 * What changed from one AsyncAPI 3 document to the next, for those who read the events: a payload
 * is judged as an answer is. An event is known by the name of its message. Throws a `DocumentError`
 * where a reference leads nowhere.
 */
export function compareEvents(base: Fields, revision: Fields, asOf: string): Report {
  const [before, now] = [messagesOf('base', base), messagesOf('revision', revision)];
  const schemas = new SchemaComparison(base, revision);
  const removed = [...before].flatMap(([name, message]) => (now.has(name) ? [] : [removal(name, message, asOf)]));
  const others = [...now].flatMap(([name, message]) => {
    const earlier = before.get(name);
    return earlier
      ? [...announcements(name, earlier, message), ...notice(name, earlier, message, revision, asOf), ...payload(schemas, name, earlier, message)]
      : [added(name, message)];
  });
  return reportOf([...removed, ...others]);
}

const change = (id: string, severity: Change['severity'], operation: string, pointer: string, text: string): Change => ({
  id,
  severity,
  direction: 'response',
  operation,
  pointer,
  text,
});

function removal(name: string, { fields, pointer }: Message, asOf: string): Change {
  const sunset = fields['x-sunset'];
  if (typeof sunset !== 'string')
    return change('event-removed', 'breaking', name, pointer, `The event ${name} is no longer published, and was never announced to end.`);
  return sunset <= asOf
    ? change('event-removed-after-sunset', 'info', name, pointer, `The event ${name} is no longer published, as was announced for ${sunset}.`)
    : change(
        'event-removed-before-sunset',
        'breaking',
        name,
        pointer,
        `The event ${name} is no longer published, before its announced end on ${sunset}.`,
      );
}

const added = (name: string, { pointer }: Message): Change => change('event-added', 'info', name, pointer, `The event ${name} is published.`);

function announcements(name: string, before: Message, now: Message): Change[] {
  const [was, is] = [before.fields['x-sunset'], now.fields['x-sunset']];
  return [
    ...(before.address === now.address
      ? []
      : [
          change(
            'event-channel-changed',
            'breaking',
            name,
            now.pointer,
            `The event ${name} is published on ${now.address}, not on ${before.address}.`,
          ),
        ]),
    ...(typeof is === 'string' && is !== was
      ? [
          typeof was === 'string' && is < was
            ? change('event-sunset-moved-earlier', 'breaking', name, now.pointer, `The event ${name} ends on ${is} already, not on ${was}.`)
            : change('event-deprecated', 'info', name, now.pointer, `The event ${name} is deprecated and ends on ${is}.`),
        ]
      : []),
    ...(['title', 'summary', 'description'].some(words => before.fields[words] !== now.fields[words])
      ? [change('documentation-changed', 'info', name, now.pointer, `The documentation of the event ${name} changed.`)]
      : []),
  ];
}

/** An end that is announced now, and that comes sooner than readers are promised. */
function notice(name: string, before: Message, { fields, pointer }: Message, { info }: Fields, asOf: string): Change[] {
  const { 'x-sunset': sunset, 'x-deprecated-since': since } = fields;
  if (typeof sunset !== 'string' || before.fields['x-sunset'] !== undefined) return [];
  const audience = isFields(info) ? info['x-audience'] : undefined;
  const days = tooSoon({ since: typeof since === 'string' ? since : undefined, sunset, audience, asOf });
  const text = `The event ${name} ends on ${sunset}: readers are promised ${days} days to move.`;
  return days === undefined ? [] : [change('event-sunset-too-soon', 'breaking', name, pointer, text)];
}

function payload(schemas: SchemaComparison, name: string, before: Message, now: Message): Change[] {
  const [base, revision] = [payloadOf(before), payloadOf(now)];
  return schemas.compare(base.schema, revision.schema, {
    direction: 'response',
    operation: name,
    basePointer: base.pointer,
    revisionPointer: revision.pointer,
    what: `the event ${name}`,
  });
}

/** A payload is a schema, or one with the name of its dialect beside it. */
function payloadOf({ fields, pointer }: Message): { schema: unknown; pointer: string } {
  const { payload: schema } = fields;
  return isFields(schema) && 'schemaFormat' in schema
    ? { schema: schema.schema, pointer: `${pointer}/payload/schema` }
    : { schema, pointer: `${pointer}/payload` };
}

/** The messages of all channels by their names. */
function messagesOf(which: Which, root: Fields): Map<string, Message> {
  const messages = new Map<string, Message>();
  for (const [key, channel] of entriesOf(which, root, root.channels, '/channels')) {
    const address = typeof channel.fields.address === 'string' ? channel.fields.address : key;
    for (const [id, message] of entriesOf(which, root, channel.fields.messages, `${channel.pointer}/messages`)) {
      messages.set(typeof message.fields.name === 'string' ? message.fields.name : id, { ...message, address });
    }
  }
  return messages;
}

const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value);

/** The members of a map, each where it stands once its references are followed. */
function entriesOf(which: Which, root: Fields, map: unknown, pointer: string): [string, { fields: Fields; pointer: string }][] {
  return isFields(map) ? Object.entries(map).map(([key, value]) => [key, followed(which, root, value, `${pointer}/${escaped(key)}`)]) : [];
}

function followed(which: Which, root: Fields, value: unknown, pointer: string): { fields: Fields; pointer: string } {
  let [found, at] = [value, pointer];
  for (let steps = 0; isFields(found) && typeof found.$ref === 'string'; steps++) {
    if (steps > 100 || !found.$ref.startsWith('#/')) throw new DocumentError(which, at, `refers to ${found.$ref}, which leads nowhere`);
    at = found.$ref.slice(1);
    const keys = at
      .split('/')
      .slice(1)
      .map(key => key.replaceAll('~1', '/').replaceAll('~0', '~'));
    found = keys.reduce<unknown>((part, key) => (isFields(part) && Object.hasOwn(part, key) ? part[key] : undefined), root);
  }
  if (!isFields(found)) throw new DocumentError(which, pointer, 'is not an object');
  return { fields: found, pointer: at };
}
