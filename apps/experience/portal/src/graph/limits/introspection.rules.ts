import {
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  isAbstractType,
  Kind,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLNamedType,
  type GraphQLSchema,
  type SelectionSetNode,
} from 'graphql';

/** The length of an introspection list: per type or field, average and maximum. */
interface Length {
  mean: number;
  most: number;
}

type Lengths = Record<string, Length>;

const LISTS_OF_TYPES: Record<string, (schema: GraphQLSchema) => (type: GraphQLNamedType) => number | undefined> = {
  fields: () => type => (isObjectType(type) || isInterfaceType(type) ? Object.keys(type.getFields()).length : undefined),
  inputFields: () => type => (isInputObjectType(type) ? Object.keys(type.getFields()).length : undefined),
  enumValues: () => type => (isEnumType(type) ? type.getValues().length : undefined),
  interfaces: () => type => (isObjectType(type) || isInterfaceType(type) ? type.getInterfaces().length : undefined),
  possibleTypes: schema => type => (isAbstractType(type) ? schema.getPossibleTypes(type).length : undefined),
};

const TO_A_TYPE = new Set(['type', 'ofType', 'interfaces', 'possibleTypes', 'queryType', 'mutationType', 'subscriptionType']);

const measured = new WeakMap<GraphQLSchema, Lengths>();

function lengthsOf(schema: GraphQLSchema): Lengths {
  let lengths = measured.get(schema);
  if (!lengths) measured.set(schema, (lengths = measure(schema)));
  return lengths;
}

function measure(schema: GraphQLSchema): Lengths {
  const types = Object.values(schema.getTypeMap());
  const exactly = (count: number): Length => ({ mean: count, most: count });
  const perType = Object.entries(LISTS_OF_TYPES).map(([name, lengthIn]) => {
    const counts = types.map(type => lengthIn(schema)(type) ?? 0);
    return [name, among(counts)] as const;
  });
  const fields = types.flatMap(type => (isObjectType(type) || isInterfaceType(type) ? Object.values(type.getFields()) : []));
  const directives = schema.getDirectives();
  return {
    ...Object.fromEntries(perType),
    types: exactly(types.length),
    directives: exactly(directives.length),
    args: among(fields.map(field => field.args.length)),
    locations: among(directives.map(directive => directive.locations.length)),
  };
}

const among = (counts: number[]): Length => ({
  mean: counts.reduce((a, b) => a + b, 0) / Math.max(1, counts.length),
  most: Math.max(0, ...counts),
});

/**
 * The number of values in the answer to an introspection query, from the real lengths of its lists.
 * Below the list of all types, average lengths apply. A type chosen by name or through a field
 * counts as the largest one.
 */
export function introspectionPricing(schema: GraphQLSchema, fragments: Map<string, FragmentDefinitionNode>): (field: FieldNode) => number {
  const lengths = lengthsOf(schema);
  const known = { mean: new Map<string, number>(), most: new Map<string, number>() };

  const ofField = ({ name: { value: name }, selectionSet }: FieldNode, how: keyof Length): number => {
    if (!selectionSet) return 1;
    const below = name === 'types' ? 'mean' : TO_A_TYPE.has(name) ? 'most' : how;
    return 1 + (lengths[name]?.[how] ?? 1) * (1 + ofSelections(selectionSet, below));
  };
  const ofSelections = ({ selections }: SelectionSetNode, how: keyof Length): number =>
    selections.reduce((sum, selection) => {
      if (selection.kind === Kind.FIELD) return sum + ofField(selection, how);
      return sum + (selection.kind === Kind.INLINE_FRAGMENT ? ofSelections(selection.selectionSet, how) : ofFragment(selection.name.value, how));
    }, 0);
  const ofFragment = (name: string, how: keyof Length): number => {
    let values = known[how].get(name);
    if (values === undefined) {
      const fragment = fragments.get(name);
      values = fragment ? ofSelections(fragment.selectionSet, how) : 0;
      known[how].set(name, values);
    }
    return values;
  };
  return field => Math.ceil(ofField(field, 'most'));
}
