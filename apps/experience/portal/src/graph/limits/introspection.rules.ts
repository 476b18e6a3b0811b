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

/** How long a list of the schema about itself is: of one type or field on average, and at most. */
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
 * How many values a question to the schema about itself is answered with, by the lengths that its lists really have. Below the list of
 * all types lengths are as they are on average; a type that was chosen, by name or from a field, counts as the largest there is.
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
