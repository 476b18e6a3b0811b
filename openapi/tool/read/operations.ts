import type { GraphQLSchema } from 'graphql';
import type { ApiDocument } from './document.js';

/** What callers can ask for, or be told of: an operation, a root field, or an event. */
export interface NamedOperation {
  /** `GET /v1/lines`, `Query.deal`, `deal.won.v1` */
  readonly name: string;
  readonly deprecated: boolean;
}

const METHODS = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace'];

type Fields = Record<string, unknown>;
const membersOf = (value: unknown): [string, Fields][] =>
  typeof value === 'object' && value !== null ? (Object.entries(value) as [string, Fields][]) : [];

export function operationsOf(document: ApiDocument): NamedOperation[] {
  if (document.kind === 'GraphQL') return rootFields(document.schema);
  if (document.kind === 'AsyncAPI') {
    const { messages } = (document.root.components ?? {}) as Fields;
    return membersOf(messages).map(([name, message]) => ({ name, deprecated: message?.['x-sunset'] !== undefined }));
  }
  return membersOf(document.root.paths).flatMap(([path, item]) =>
    membersOf(item)
      .filter(([method]) => METHODS.includes(method))
      .map(([method, operation]) => ({ name: `${method.toUpperCase()} ${path}`, deprecated: operation?.deprecated === true })),
  );
}

const rootFields = (schema: GraphQLSchema): NamedOperation[] =>
  [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()].flatMap(type =>
    Object.values(type?.getFields() ?? {}).map(({ name, deprecationReason }) => ({
      name: `${type?.name}.${name}`,
      deprecated: deprecationReason != null,
    })),
  );
