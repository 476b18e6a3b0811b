import type { Field, RecordType } from './schema.js';

/** A record type as the metadata catalogue describes it to `Accept: application/schema+json`. */
export function schemaDocument(type: RecordType): Record<string, unknown> {
  const properties = Object.fromEntries(Object.entries(type.fields).map(([name, field]) => [name, property(name, field)]));
  return {
    type: 'object',
    'x-ns-filterable': Object.entries(type.fields)
      .filter(([, { kind }]) => kind !== 'lines' && kind !== 'part' && kind !== 'references')
      .map(([name]) => name),
    properties: { id: { title: 'Internal ID', type: 'string' }, externalId: { title: 'External ID', type: 'string' }, ...properties },
  };
}

function property(name: string, field: Field): Record<string, unknown> {
  const custom = name.startsWith('cust') ? { 'x-ns-custom-field': true } : {};
  switch (field.kind) {
    case 'flag':
      return { title: name, type: 'boolean', ...custom };
    case 'number':
      return { title: name, type: 'number', format: 'double', ...custom };
    case 'date':
      return { title: name, type: 'string', format: 'date', ...custom };
    case 'dateTime':
      return { title: name, type: 'string', format: 'date-time', ...custom };
    case 'reference':
      return { $ref: `/services/rest/record/v1/metadata-catalog/${field.to}`, title: name, ...custom };
    case 'enum':
      return {
        title: name,
        type: 'object',
        properties: { id: { type: 'string', enum: Object.keys(field.values) }, refName: { type: 'string' } },
        ...custom,
      };
    case 'lines':
    case 'references':
      return { title: name, type: 'object', 'x-ns-sublist': true };
    case 'part':
      return { title: name, type: 'object' };
    case 'hours':
    case 'text':
      return { title: name, type: 'string', ...custom };
  }
}

/** The types of the account, with where each is described. */
export function catalogue(types: RecordType[], base: string): Record<string, unknown> {
  const items = types.map(({ name }) => ({
    name,
    links: [
      { rel: 'canonical', href: `${base}/metadata-catalog/${name}`, mediaType: 'application/json' },
      { rel: 'describes', href: `${base}/${name}` },
      { rel: 'describedby', href: `${base}/metadata-catalog/${name}`, mediaType: 'application/schema+json' },
    ],
  }));
  return { links: [{ rel: 'self', href: `${base}/metadata-catalog/` }], items };
}
