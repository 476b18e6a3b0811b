import { schemasOf, type JsonSchema } from '#canonical';
import { extensionsOf, type ApiDeclaration } from './api.js';
import type { EventDeclaration } from './event.js';
import { EventEnvelope, EVENTS, type EventType } from './events.js';
import { releaseOf } from './release.js';
import { TEAMS } from './team.js';

/** What is said of the canonical events as a whole, as of an API. */
export const eventsDeclaration: Omit<ApiDeclaration, 'app' | 'layer'> = {
  version: '1',
  owner: TEAMS.integration,
  audience: 'internal',
  lifecycle: { state: 'active' },
  serviceLevel: { availability: '99.5 %', latencyMs95: 1000, support: 'business hours' },
};

/** Which types an app reads, by its name. */
export type Readers = Readonly<Record<string, readonly EventType[]>>;

const WHO_SEES =
  'An event names in `legalEntities` the legal entities that it concerns. Whoever builds rows from it shows them to people of these only; an event that names none concerns no entity of its own.';

const DESCRIPTION = `What the apps publish in the event log. An event states the whole state of its noun. Events of one key are read in their order. ${WHO_SEES} No event contains pay.`;

const types = Object.entries(EVENTS) as [EventType, EventDeclaration][];

/** The noun that a type is about: \`deal\` of \`deal.won.v1\`. */
const nounOf = (type: EventType): string => type.split('.')[0];

const tagsOf = (type: EventType) => [{ name: nounOf(type) }];

/** The AsyncAPI 3 document of the canonical events: channels, who sends and receives, messages with their data. */
export function eventsDocument(readers: Readers): JsonSchema {
  const { owner } = eventsDeclaration;
  const { version, on } = releaseOf({ app: 'events', version: eventsDeclaration.version });
  return {
    asyncapi: '3.0.0',
    id: 'urn:throughline:events:v1',
    info: {
      title: 'Canonical events',
      version,
      description: DESCRIPTION,
      contact: { name: owner.team, email: owner.email },
      license: { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
      tags: [...new Set(types.map(([type]) => nounOf(type)))].sort().map(name => ({ name })),
      ...extensionsOf(eventsDeclaration),
      'x-legal-entities': WHO_SEES,
      ...(on ? { 'x-released-on': on } : {}),
    },
    defaultContentType: 'application/json',
    channels: Object.fromEntries(types.map(([type, said]) => [type, channelOf(type, said)])),
    operations: Object.fromEntries([
      ...types.flatMap(([type, { publishers }]) => publishers.map(app => operationOf('send', app, type))),
      ...Object.entries(readers).flatMap(([app, read]) => read.map(type => operationOf('receive', app, type))),
    ]),
    components: {
      messages: Object.fromEntries(types.map(([type, said]) => [type, messageOf(type, said)])),
      schemas: schemasOf([EventEnvelope, ...types.map(([, { data }]) => data)]),
    },
  };
}

const channelOf = (type: EventType, { summary, key }: EventDeclaration): JsonSchema => ({
  address: type,
  summary,
  description: `Key: ${key}.`,
  messages: { [type]: { $ref: `#/components/messages/${type}` } },
  tags: tagsOf(type),
});

const operationOf = (action: 'send' | 'receive', app: string, type: EventType): [string, JsonSchema] => [
  `${app}.${action}.${type}`,
  { action, channel: { $ref: `#/channels/${type}` }, messages: [{ $ref: `#/channels/${type}/messages/${type}` }], tags: tagsOf(type), 'x-app': app },
];

const messageOf = (type: EventType, { summary, data }: EventDeclaration): JsonSchema => ({
  name: type,
  summary,
  contentType: 'application/json',
  payload: eventSchema(type, data, '#/components/schemas/'),
  tags: tagsOf(type),
});

/** A whole event: its envelope, its type, its data. */
const eventSchema = (type: EventType, data: EventDeclaration['data'], at: string): JsonSchema => ({
  allOf: [
    { $ref: `${at}${EventEnvelope.name}` },
    { type: 'object', required: ['type', 'data'], properties: { type: { const: type }, data: { $ref: `${at}${data.name}` } } },
  ],
});
