import {
  getNamedType,
  getNullableType,
  isAbstractType,
  isCompositeType,
  isListType,
  isObjectType,
  Kind,
  valueFromASTUntyped,
  type DirectiveNode,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLError,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLSchema,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';
import type { Inputs } from './inputs.rules.js';
import { introspectionPricing } from './introspection.rules.js';
import { refused } from './refused.js';

/**
 * An operation's depth, its number of fields, the objects that it requests, and the values that are
 * read for it and answered.
 */
export interface Price {
  depth: number;
  fields: number;
  cost: number;
  values: number;
}

export type Limits = Omit<Price, 'fields'>;

/** A priced operation; `at` is the path to where most of a measure comes from. */
export interface PricedOperation extends Price {
  at: (measure: keyof Limits) => FieldNode[];
}

/** What a selection costs once, and what it costs more for each row of its connection. */
interface Parts {
  once: Price;
  row: Price;
}

/**
 * Lists without a requested length are short by nature (roles, needs, milestones); they are priced
 * at this length.
 */
const LIST_ASSUMED = 10;

/**
 * A request counts as one call of its caller per this many fields, because each may be a statement,
 * and per this many values.
 */
const FIELDS_A_CALL = 10;
const VALUES_A_CALL = 200;

const NOTHING: Price = { depth: 0, fields: 0, cost: 0, values: 0 };

const capped = (count: number): number => Math.min(count, Number.MAX_SAFE_INTEGER);

const together = (a: Price, b: Price): Price => ({
  depth: Math.max(a.depth, b.depth),
  fields: capped(a.fields + b.fields),
  cost: capped(a.cost + b.cost),
  values: capped(a.values + b.values),
});

/** The price for `times` rows; the fields of a row are read for all rows at once. */
const repeated = ({ depth, fields, cost, values }: Price, times: number): Price => ({
  depth,
  fields,
  cost: capped(cost * times),
  values: capped(values * times),
});

/**
 * The most that an operation can cost, computed before it runs. Objects (`cost`): a scalar is 0, an
 * object 1, a list 10 times its object, and a connection `first` times its row, even when fewer
 * rows exist. Values: every field of every such object, the object itself, and everything in its
 * arguments and directives. Each alias is charged. Introspection is charged in values only. A
 * fragment is priced once and added for each spread, so the work is linear in the document.
 */
export function priceOf(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Record<string, unknown>,
  inputs: Inputs,
): PricedOperation {
  const given = { ...defaultsOf(operation), ...variables };
  const pricing = new Pricing(schema, document, given, inputs);
  const { once } = pricing.selection(operation.selectionSet, schema.getRootType(operation.operation) ?? undefined);
  return { ...once, at: measure => pricing.wayTo(operation.selectionSet, measure) };
}

const defaultsOf = ({ variableDefinitions = [] }: OperationDefinitionNode): Record<string, unknown> =>
  Object.fromEntries(
    variableDefinitions.flatMap(({ variable, defaultValue }) => (defaultValue ? [[variable.name.value, valueFromASTUntyped(defaultValue)]] : [])),
  );

/** As how many calls of its caller a request counts. */
export const callsOf = ({ fields, values }: Price): number => Math.max(1, Math.ceil(fields / FIELDS_A_CALL + values / VALUES_A_CALL));

/**
 * Throws a GraphQLError that names the requested amount, the limit, and where most of it comes
 * from.
 */
export function checkLimits(price: PricedOperation, limits: Limits): void {
  const { depth, cost, values } = price;
  if (depth > limits.depth) {
    throw tooMuch(`This query is ${depth} levels deep; at most ${limits.depth} are answered.`, 'QUERY_TOO_DEEP', 'depth', price, limits);
  }
  if (cost > limits.cost) {
    throw tooMuch(
      `This query asks for up to ${cost} objects; at most ${limits.cost} are answered at once. Ask for fewer rows (first) or less of each.`,
      'QUERY_TOO_COSTLY',
      'cost',
      price,
      limits,
    );
  }
  if (values > limits.values) {
    throw tooMuch(
      `This query gives and asks for up to ${values} values; at most ${limits.values} are taken and answered at once. Ask for fewer rows (first), or for fewer fields of each.`,
      'QUERY_TOO_COSTLY',
      'values',
      price,
      limits,
    );
  }
}

function tooMuch(message: string, code: string, measure: keyof Limits, price: PricedOperation, limits: Limits): GraphQLError {
  const way = price.at(measure);
  const at = way.map(({ alias, name }) => (alias ?? name).value).join('.');
  return refused(message, code, { [measure]: price[measure], limit: limits[measure], at }, way.slice(-1));
}

class Pricing {
  readonly #fragments: Map<string, FragmentDefinitionNode>;
  readonly #ofFragments = new Map<string, Parts>();
  readonly #ofFields = new Map<FieldNode, Price>();
  readonly #introspection: (field: FieldNode) => number;

  constructor(
    private readonly schema: GraphQLSchema,
    document: DocumentNode,
    private readonly variables: Record<string, unknown>,
    private readonly inputs: Inputs,
  ) {
    this.#fragments = new Map(
      document.definitions.flatMap(node => (node.kind === Kind.FRAGMENT_DEFINITION ? [[node.name.value, node] as const] : [])),
    );
    this.#introspection = introspectionPricing(schema, this.#fragments);
  }

  selection({ selections }: SelectionSetNode, parent: GraphQLNamedType | undefined): Parts {
    let { once, row } = { once: NOTHING, row: NOTHING };
    for (const selection of selections) {
      const parts =
        selection.kind === Kind.FIELD
          ? this.#field(selection, parent)
          : selection.kind === Kind.FRAGMENT_SPREAD
            ? this.#fragment(selection.name.value)
            : this.selection(selection.selectionSet, this.#conditionOf(selection) ?? parent);
      const own = selection.kind === Kind.FIELD ? NOTHING : this.#directives(selection.directives);
      once = together(together(once, own), parts.once);
      row = together(row, parts.row);
    }
    return { once, row };
  }

  /** In each selection follows the field that costs most, as long as it costs anything. */
  wayTo(selections: SelectionSetNode, measure: keyof Limits): FieldNode[] {
    const dearest = this.#fieldsOf(selections, new Set())
      .filter(field => (this.#ofFields.get(field)?.[measure] ?? 0) > 1)
      .reduce<FieldNode | undefined>((a, b) => (a && this.#ofFields.get(a)![measure] >= this.#ofFields.get(b)![measure] ? a : b), undefined);
    if (!dearest) return [];
    return [dearest, ...(dearest.selectionSet ? this.wayTo(dearest.selectionSet, measure) : [])];
  }

  #fieldsOf({ selections }: SelectionSetNode, seen: Set<string>): FieldNode[] {
    return selections.flatMap(selection => {
      if (selection.kind === Kind.FIELD) return [selection];
      if (selection.kind === Kind.INLINE_FRAGMENT) return this.#fieldsOf(selection.selectionSet, seen);
      const fragment = seen.has(selection.name.value) ? undefined : this.#fragments.get(selection.name.value);
      seen.add(selection.name.value);
      return fragment ? this.#fieldsOf(fragment.selectionSet, seen) : [];
    });
  }

  #fragment(name: string): Parts {
    let parts = this.#ofFragments.get(name);
    if (!parts) {
      const fragment = this.#fragments.get(name);
      parts = fragment ? this.selection(fragment.selectionSet, this.#conditionOf(fragment)) : { once: NOTHING, row: NOTHING };
      this.#ofFragments.set(name, parts);
    }
    return parts;
  }

  #conditionOf({ typeCondition }: { typeCondition?: { name: { value: string } } }): GraphQLNamedType | undefined {
    return typeCondition && this.schema.getType(typeCondition.name.value);
  }

  /**
   * A connection's rows are charged `first` times, which only the connection knows; its other
   * fields once.
   */
  #field(node: FieldNode, parent: GraphQLNamedType | undefined): Parts {
    const { price, isRow } = this.#fieldPrice(node, parent);
    const given = together(this.#directives(node.directives), this.#arguments(node.arguments));
    this.#ofFields.set(node, together(price, given));
    return isRow ? { once: given, row: price } : { once: together(price, given), row: NOTHING };
  }

  #fieldPrice(node: FieldNode, parent: GraphQLNamedType | undefined): { price: Price; isRow?: boolean } {
    const name = node.name.value;
    if (name.startsWith('__')) return { price: { ...NOTHING, fields: 1, values: capped(this.#introspection(node)) } };
    const field = fieldOf(name, parent);
    const type = field && getNamedType(field.type);
    if (!field || !isCompositeType(type) || !node.selectionSet) return { price: { depth: field ? 1 : 0, fields: 1, cost: 0, values: 1 } };
    const { once, row } = this.selection(node.selectionSet, type);
    const deeper = (inner: Price): Price => ({ ...inner, depth: inner.depth + 1 });
    const one = { depth: 0, fields: 1, cost: 1, values: 1 };
    if (isConnection(parent) && (name === 'nodes' || name === 'edges')) return { price: together(deeper(once), one), isRow: true };
    const first = this.#firstOf(node, field);
    if (isConnection(type)) return { price: together(deeper(together(once, repeated(row, first ?? LIST_ASSUMED))), one) };
    if (first !== undefined) return { price: together(deeper(repeated(together(once, { ...one, fields: 0 }), first)), one) };
    if (!isListType(getNullableType(field.type))) return { price: together(deeper(once), one) };
    return { price: together(deeper(repeated(together(once, { ...NOTHING, values: 1 }), LIST_ASSUMED)), one) };
  }

  #directives(directives: readonly DirectiveNode[] = []): Price {
    return directives.map(directive => together({ ...NOTHING, values: 1 }, this.#arguments(directive.arguments))).reduce(together, NOTHING);
  }

  #arguments(given: FieldNode['arguments'] = []): Price {
    return { ...NOTHING, values: given.reduce((sum, argument) => sum + this.inputs(argument), 0) };
  }

  /**
   * How many rows a field requests; undefined when it has no such argument. Never less than 0, so
   * that a negative or missing number gives no credit.
   */
  #firstOf(node: FieldNode, field: GraphQLField<unknown, unknown>): number | undefined {
    const declared = field.args.find(arg => arg.name === 'first');
    if (!declared) return undefined;
    const value = node.arguments?.find(arg => arg.name.value === 'first')?.value;
    const asked = value?.kind === Kind.INT ? Number(value.value) : value?.kind === Kind.VARIABLE ? this.variables[value.name.value] : undefined;
    const first = Number(asked ?? declared.defaultValue ?? 0);
    return first > 0 ? first : 0;
  }
}

const isConnection = (type: GraphQLNamedType | undefined): boolean => isObjectType(type) && type.name.endsWith('Connection');

function fieldOf(name: string, parent: GraphQLNamedType | undefined): GraphQLField<unknown, unknown> | undefined {
  return parent && (isObjectType(parent) || (isAbstractType(parent) && 'getFields' in parent)) ? parent.getFields()[name] : undefined;
}
