import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { EventEnvelope, EVENTS, type CanonicalEvent, type EventDeclaration } from '#apis';
import { schemasOf, type JsonSchema } from '#canonical';

const AT = 'events:';

/** No field beside the declared ones: what is published is documented. */
const closed = (schema: JsonSchema): JsonSchema => ({ ...schema, additionalProperties: false });

/** Compiled when the first event is looked at: an app that publishes nothing never needs it. */
let shapes: Ajv2020 | undefined;

function compiled(): Ajv2020 {
  const ajv = new Ajv2020({ strict: false, allErrors: false });
  formats.default(ajv);
  ajv.addFormat('decimal', true);
  const { [EventEnvelope.name]: envelope, ...data } = schemasOf([EventEnvelope, ...Object.values(EVENTS).map(event => event.data)], AT);
  for (const [name, schema] of Object.entries(data)) ajv.addSchema(closed(schema), AT + name);
  const { properties } = envelope as { properties: JsonSchema };
  ajv.addSchema(closed({ ...envelope, properties: { ...properties, data: {} } }), AT + EventEnvelope.name);
  return ajv;
}

/**
 * Where an event differs from what its type declares, without its values: `/data/state/name must be
 * string`; undefined where it fits.
 */
export function misfitOf(event: CanonicalEvent): string | undefined {
  const declared = (EVENTS as Record<string, EventDeclaration>)[event.type];
  if (!declared) return `${event.type} is not declared`;
  const app = event.source.slice(event.source.lastIndexOf('/') + 1);
  if (!declared.publishers.includes(app)) return `/source is ${event.source}, which does not publish ${event.type}`;
  shapes ??= compiled();
  return misfit(shapes, EventEnvelope.name, event, '') ?? misfit(shapes, declared.data.name, event.data, '/data');
}

function misfit(ajv: Ajv2020, name: string, value: unknown, at: string): string | undefined {
  const fits = ajv.getSchema(AT + name) as ValidateFunction;
  return fits(value) ? undefined : told(fits.errors![0], at);
}

const told = ({ instancePath, message, params }: ErrorObject, at: string): string =>
  `${at}${instancePath} ${message}${'additionalProperty' in params ? `: ${String(params.additionalProperty)}` : ''}`;
