import type { Api, Operation, Scope } from '#apis';
import { declaredFields, sentFields } from './sent-fields.js';

interface Sent {
  body?: unknown;
  query?: unknown;
}

/** How a call of an operation is counted. */
export interface OperationUse {
  version: string;
  operation: string;
  /** What a caller needs to use it; undefined where its parts need scopes of their own, as in GraphQL. */
  scope?: Scope;
  /**
   * The declared members that the request carries (`query.limit`, `body.lines[].note`), and those
   * of the answer that a translation supplies (`answer.lines[].ready`).
   */
  fieldsOf: (sent: Sent) => Set<string>;
}

/** How calls are counted, by method and route: `POST /v1/projects/:id/plans`. */
export const operationUses = (apis: readonly Api[]): ReadonlyMap<string, OperationUse> =>
  new Map(
    apis.flatMap(({ version, operations }) =>
      Object.values(operations).map(operation => [
        `${operation.method.toUpperCase()} /v${version}/${operation.path}`,
        { version, operation: operation.id, scope: operation.scope, fieldsOf: fieldsOf(operation) },
      ]),
    ),
  );

/** What an older version answers that the newer one, which serves it, does not answer in that place. */
function suppliedFields({ answer, translation }: Operation): string[] {
  if (!translation || !answer) return [];
  const current = translation.of.answer;
  const newer = current ? declaredFields(current, 'answer') : new Set<string>();
  return [...declaredFields(answer, 'answer')].filter(field => !newer.has(field));
}

function fieldsOf(operation: Operation): OperationUse['fieldsOf'] {
  const { query, body } = operation;
  const supplied = suppliedFields(operation);
  const ofQuery = query && sentFields(query, 'query');
  const ofBody = body && sentFields(body, 'body');
  return sent => {
    const found = new Set(supplied);
    ofQuery?.(sent.query, found);
    ofBody?.(sent.body, found);
    return found;
  };
}
