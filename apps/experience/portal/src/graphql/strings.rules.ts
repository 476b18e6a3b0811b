import {
  GraphQLError,
  valueFromASTUntyped,
  visit,
  type ArgumentNode,
  type DocumentNode,
  type OperationDefinitionNode,
  type VariableDefinitionNode,
} from 'graphql';

/**
 * Refuses a string with a NUL character anywhere in any argument of a query: ids, text, filters and cursors alike, written out or as a
 * variable. Postgres has no such text, so nothing could ever match it. The error names the argument as it would be written, e.g.
 * `filter.ids.0`.
 */
export function refuseNul(document: DocumentNode, operation: OperationDefinitionNode, variables: Record<string, unknown>): void {
  const given = { ...defaultsOf(operation.variableDefinitions ?? []), ...variables };
  visit(document, {
    Argument: (node: ArgumentNode) => {
      const at = pathOfNul(valueFromASTUntyped(node.value, given), node.name.value);
      if (at !== undefined) throw refused(at, node);
    },
  });
}

const defaultsOf = (definitions: readonly VariableDefinitionNode[]): Record<string, unknown> =>
  Object.fromEntries(
    definitions.flatMap(({ variable, defaultValue }) => (defaultValue ? [[variable.name.value, valueFromASTUntyped(defaultValue)] as const] : [])),
  );

function pathOfNul(value: unknown, path: string): string | undefined {
  if (typeof value === 'string') return value.includes('\0') ? path : undefined;
  if (typeof value !== 'object' || value === null) return undefined;
  for (const [key, part] of Object.entries(value)) {
    const at = pathOfNul(part, `${path}.${key}`);
    if (at !== undefined) return at;
  }
  return undefined;
}

function refused(field: string, node: ArgumentNode): GraphQLError {
  const message = `${field} has a NUL character, which no text here has.`;
  const fields = [{ field, rule: 'characters', message }];
  return new GraphQLError(message, { nodes: [node], extensions: { code: 'INVALID', fields, http: { status: 400 } } });
}
