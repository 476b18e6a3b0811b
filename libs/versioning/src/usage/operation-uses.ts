import type { Api, Operation } from '#apis';
import { sentFields } from './sent-fields.js';

interface Sent {
  body?: unknown;
  query?: unknown;
}

/** How a call of an operation is counted. */
export interface OperationUse {
  version: string;
  operation: string;
  /** The declared members that the request carries: `query.limit`, `body.lines[].note`. */
  fieldsOf: (sent: Sent) => Set<string>;
}

/** How calls are counted, by method and route: `POST /v1/projects/:id/plans`. */
export const operationUses = (apis: readonly Api[]): ReadonlyMap<string, OperationUse> =>
  new Map(
    apis.flatMap(({ version, operations }) =>
      Object.values(operations).map(operation => [
        `${operation.method.toUpperCase()} /v${version}/${operation.path}`,
        { version, operation: operation.id, fieldsOf: fieldsOf(operation) },
      ]),
    ),
  );

function fieldsOf({ query, body }: Operation): OperationUse['fieldsOf'] {
  const ofQuery = query && sentFields(query, 'query');
  const ofBody = body && sentFields(body, 'body');
  return sent => {
    const found = new Set<string>();
    ofQuery?.(sent.query, found);
    ofBody?.(sent.body, found);
    return found;
  };
}
