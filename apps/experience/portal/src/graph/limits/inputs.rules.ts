import {
  valueFromASTUntyped,
  visit,
  Kind,
  type ArgumentNode,
  type DocumentNode,
  type GraphQLError,
  type OperationDefinitionNode,
  type ValueNode,
} from 'graphql';
import { refused } from './refused.js';

/**
 * Larger than any screen's values. A text may be a cursor, which contains the text by which its
 * list is ordered.
 */
const INPUT = { items: 1_000, characters: 8_000, levels: 12 };

/** A text costs one value, and another for each of this many characters. */
const CHARACTERS_A_VALUE = 100;

interface Fault {
  path: string;
  rule: string;
  message: string;
}

interface Measurement {
  /** The number of values in it. */
  weight: number;
  /** Its first invalid part. */
  fault?: Fault;
}

/**
 * The number of values in each argument of a document; pricing multiplies it by the number of uses.
 */
export type Inputs = (argument: ArgumentNode) => number;

/**
 * Measures every argument of fields and directives, literal or variable, and refuses invalid ones:
 * a NUL character or half a surrogate pair (Postgres has no such text), a list or text that is too
 * long, values that are too deep. The error names the argument as it would be written, e.g.
 * `filter.ids.0`. A variable is measured once, however often it is used.
 */
export function inputsOf(document: DocumentNode, operation: OperationDefinitionNode, variables: Record<string, unknown>): Inputs {
  const given = variablesOf(operation, variables);
  const weights = new Map<ArgumentNode, number>();
  visit(document, {
    Argument: node => {
      const { weight, fault } = measuredNode(node.value, given, 0);
      if (fault) throw refusedInput(node, fault);
      weights.set(node, weight);
      return false;
    },
  });
  return argument => weights.get(argument) ?? 0;
}

function variablesOf({ variableDefinitions = [] }: OperationDefinitionNode, variables: Record<string, unknown>): (name: string) => Measurement {
  const measured = new Map<string, Measurement>();
  const defaults = new Map(variableDefinitions.map(({ variable, defaultValue }) => [variable.name.value, defaultValue]));
  return name => {
    let known = measured.get(name);
    if (!known) {
      const written = defaults.get(name);
      const value = Object.hasOwn(variables, name) ? variables[name] : written && valueFromASTUntyped(written);
      measured.set(name, (known = measuredValue(value, 0)));
    }
    return known;
  };
}

function measuredNode(node: ValueNode, variable: (name: string) => Measurement, level: number): Measurement {
  if (node.kind === Kind.VARIABLE) return variable(node.name.value);
  if (node.kind === Kind.LIST) return measureAll(node.values, level, (value, next) => measuredNode(value, variable, next), true);
  if (node.kind === Kind.OBJECT) {
    const fields = node.fields.map(field => [field.name.value, field.value] as const);
    return measureAll(fields, level, ([, value], next) => measuredNode(value, variable, next), false);
  }
  return measuredLeaf(node.kind === Kind.STRING ? node.value : undefined);
}

function measuredValue(value: unknown, level: number): Measurement {
  if (Array.isArray(value)) return measureAll(value, level, measuredValue, true);
  if (typeof value !== 'object' || value === null) return measuredLeaf(value);
  return measureAll(Object.entries(value), level, ([, part], next) => measuredValue(part, next), false);
}

/** Stops at the first fault, so that too long or too deep values are not scanned. */
function measureAll<T>(parts: readonly T[], level: number, measure: (part: T, level: number) => Measurement, isList: boolean): Measurement {
  if (level >= INPUT.levels) return faulty('depth', `is more than ${INPUT.levels} levels deep`);
  if (parts.length > INPUT.items) return faulty('length', `has ${parts.length} values; at most ${INPUT.items} are taken`);
  let weight = 1;
  for (const [index, part] of parts.entries()) {
    const inner = measure(part, level + 1);
    if (inner.fault) return { weight, fault: within(isList ? String(index) : (part as readonly [string, unknown])[0], inner.fault) };
    weight += inner.weight;
  }
  return { weight };
}

function measuredLeaf(value: unknown): Measurement {
  if (typeof value !== 'string') return { weight: 1 };
  if (value.length > INPUT.characters) return faulty('length', `has ${value.length} characters; at most ${INPUT.characters} are taken`);
  if (value.includes('\0')) return faulty('characters', 'has a NUL character, which no text here has');
  if (!value.isWellFormed()) return faulty('characters', 'has half a surrogate pair, which no text here has');
  return { weight: 1 + Math.floor(value.length / CHARACTERS_A_VALUE) };
}

const faulty = (rule: string, message: string): Measurement => ({ weight: 0, fault: { path: '', rule, message } });

const within = (name: string, fault: Fault): Fault => ({ ...fault, path: fault.path === '' ? name : `${name}.${fault.path}` });

function refusedInput(node: ArgumentNode, fault: Fault): GraphQLError {
  const { path: field, rule, message: what } = within(node.name.value, fault);
  const message = `${field} ${what}.`;
  return refused(message, 'INVALID', { fields: [{ field, rule, message }] }, [node]);
}
