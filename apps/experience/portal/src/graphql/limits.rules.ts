import {
  getNamedType,
  getNullableType,
  GraphQLError,
  isAbstractType,
  isCompositeType,
  isListType,
  isObjectType,
  Kind,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLSchema,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';

export interface Limits {
  depth: number;
  cost: number;
}

export interface Price {
  depth: number;
  cost: number;
}

/** Lists whose length nobody asked for are short by nature (roles, needs, milestones); they are priced as this many. */
const LIST_ASSUMED = 10;

interface Scope {
  schema: GraphQLSchema;
  fragments: Map<string, FragmentDefinitionNode>;
  variables: Record<string, unknown>;
}

/**
 * What an operation may cost at most, known before it runs: a scalar is 0, an object 1, a list 10 times its object, and a
 * connection what it asks for: `first` times its row, even when fewer rows exist. Aliases are paid for each. Introspection is free;
 * GraphQL's own rules bound it.
 */
export function priceOf(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Record<string, unknown>,
): Price {
  const fragments = new Map(document.definitions.flatMap(node => (node.kind === Kind.FRAGMENT_DEFINITION ? [[node.name.value, node] as const] : [])));
  const root = schema.getRootType(operation.operation);
  return selectionPrice(operation.selectionSet, root ?? undefined, { schema, fragments, variables });
}

/** Throws a GraphQLError that names what was asked and what is allowed. */
export function checkLimits({ depth, cost }: Price, limits: Limits): void {
  if (depth > limits.depth) {
    throw refused(`This query is ${depth} levels deep; at most ${limits.depth} are answered.`, 'QUERY_TOO_DEEP', { depth, limit: limits.depth });
  }
  if (cost > limits.cost) {
    throw refused(
      `This query asks for up to ${cost} objects; at most ${limits.cost} are answered at once. Ask for fewer rows (first) or less of each.`,
      'QUERY_TOO_COSTLY',
      { cost, limit: limits.cost },
    );
  }
}

const refused = (message: string, code: string, more: Record<string, number>): GraphQLError =>
  new GraphQLError(message, { extensions: { code, ...more, http: { status: 400 } } });

function selectionPrice(selections: SelectionSetNode, parent: GraphQLNamedType | undefined, scope: Scope): Price {
  return selections.selections
    .map(selection => {
      if (selection.kind === Kind.FIELD) return fieldPrice(selection, parent, scope);
      const fragment = selection.kind === Kind.FRAGMENT_SPREAD ? scope.fragments.get(selection.name.value) : selection;
      if (!fragment) return { depth: 0, cost: 0 };
      const condition = fragment.typeCondition?.name.value;
      return selectionPrice(fragment.selectionSet, condition ? scope.schema.getType(condition) : parent, scope);
    })
    .reduce(together, { depth: 0, cost: 0 });
}

const together = (a: Price, b: Price): Price => ({ depth: Math.max(a.depth, b.depth), cost: a.cost + b.cost });

function fieldPrice(node: FieldNode, parent: GraphQLNamedType | undefined, scope: Scope): Price {
  const field = fieldOf(node, parent);
  if (!field || node.name.value.startsWith('__')) return { depth: 0, cost: 0 };
  const type = getNamedType(field.type);
  if (!isCompositeType(type) || !node.selectionSet) return { depth: 1, cost: 0 };
  const first = firstOf(node, field, scope.variables);
  if (first !== undefined) return { ...connectionPrice(node.selectionSet, type, scope, first) };
  const inner = selectionPrice(node.selectionSet, type, scope);
  const times = isListType(getNullableType(field.type)) ? LIST_ASSUMED : 1;
  return { depth: inner.depth + 1, cost: 1 + times * inner.cost };
}

/** Rows are paid for `first` times; the count, facets and freshness beside them once. A plain list with `first` is all rows. */
function connectionPrice(selections: SelectionSetNode, type: GraphQLNamedType, scope: Scope, first: number): Price {
  const isConnection = isObjectType(type) && type.name.endsWith('Connection');
  if (!isConnection) {
    const row = selectionPrice(selections, type, scope);
    return { depth: row.depth + 1, cost: 1 + first * (1 + row.cost) };
  }
  const parts = flatFields(selections, scope).map(field => {
    const price = fieldPrice(field, type, scope);
    const rows = field.name.value === 'nodes' || field.name.value === 'edges';
    if (!rows || !field.selectionSet) return price;
    const row = selectionPrice(field.selectionSet, getNamedType(type.getFields()[field.name.value].type), scope);
    return { depth: row.depth + 1, cost: first * (1 + row.cost) };
  });
  const all = parts.reduce(together, { depth: 0, cost: 0 });
  return { depth: all.depth + 1, cost: 1 + all.cost };
}

function flatFields(selections: SelectionSetNode, scope: Scope): FieldNode[] {
  return selections.selections.flatMap(selection => {
    if (selection.kind === Kind.FIELD) return [selection];
    const fragment = selection.kind === Kind.FRAGMENT_SPREAD ? scope.fragments.get(selection.name.value) : selection;
    return fragment ? flatFields(fragment.selectionSet, scope) : [];
  });
}

function fieldOf(node: FieldNode, parent: GraphQLNamedType | undefined): GraphQLField<unknown, unknown> | undefined {
  return parent && (isObjectType(parent) || (isAbstractType(parent) && 'getFields' in parent)) ? parent.getFields()[node.name.value] : undefined;
}

/** How many rows a field asks for; undefined when it has no such argument. Never less than 0, so that nothing is got back by asking for -1. */
function firstOf(node: FieldNode, field: GraphQLField<unknown, unknown>, variables: Record<string, unknown>): number | undefined {
  const declared = field.args.find(arg => arg.name === 'first');
  if (!declared) return undefined;
  const value = node.arguments?.find(arg => arg.name.value === 'first')?.value;
  const asked = value?.kind === Kind.INT ? Number(value.value) : value?.kind === Kind.VARIABLE ? variables[value.name.value] : undefined;
  return Math.max(0, Number(asked ?? declared.defaultValue ?? 0));
}
