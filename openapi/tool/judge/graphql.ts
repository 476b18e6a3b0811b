import { CriticalityLevel, diff, type Change as Difference } from '@graphql-inspector/core';
import { isEnumType, isInputObjectType, isInterfaceType, isObjectType, type GraphQLNamedType, type GraphQLSchema } from 'graphql';
import { reportOf, type Change, type Direction, type Report, type Severity } from '#verdict';

const SEVERITIES: Record<CriticalityLevel, Severity> = {
  [CriticalityLevel.Breaking]: 'breaking',
  [CriticalityLevel.Dangerous]: 'warning',
  [CriticalityLevel.NonBreaking]: 'info',
};

/**
 * What changed from one GraphQL schema to the next, as GraphQL Inspector judges it. What is removed
 * once its announced end has come breaks nobody, as in every other API.
 */
export async function compareSchemas(base: GraphQLSchema, revision: GraphQLSchema, asOf: string): Promise<Report> {
  const differences = (await diff(base, revision)).filter(difference => !tellsDeprecationAgain(difference));
  const typeOf = (name: string): GraphQLNamedType | undefined => revision.getType(name) ?? base.getType(name);
  return reportOf(differences.map(difference => afterSunset(changeOf(difference, typeOf), base, difference.path, asOf)));
}

/** A deprecation is a change of the field; that it is written as a directive is no other one. */
const tellsDeprecationAgain = ({ type, path }: Difference): boolean =>
  /\.@deprecated\b/.test(path ?? '') && String(type).startsWith('DIRECTIVE_USAGE');

function changeOf({ type, path = '', message, criticality }: Difference, typeOf: (name: string) => GraphQLNamedType | undefined): Change {
  const [name = '', field, argument] = path.replace(/\.@.*$/, '').split('.');
  return {
    id: String(type).toLowerCase().replaceAll('_', '-'),
    severity: SEVERITIES[criticality.level],
    direction: directionOf(typeOf(name), argument),
    operation: ['Query', 'Mutation', 'Subscription'].includes(name) && field ? `${name}.${field}` : null,
    pointer: pointerTo(typeOf(name), name, field, argument),
    text: message.endsWith('.') ? message : `${message}.`,
  };
}

const REMOVALS = ['field-removed', 'input-field-removed', 'enum-value-removed'];

function afterSunset(change: Change, base: GraphQLSchema, path: string | undefined, asOf: string): Change {
  if (!REMOVALS.includes(change.id)) return change;
  const [type = '', member = ''] = path?.split('.') ?? [];
  const sunset = sunsetOf(base.getType(type), member);
  if (sunset === undefined || sunset > asOf) return change;
  return { ...change, id: `${change.id}-after-sunset`, severity: 'info', text: change.text.replace(/\.$/, `, as was announced for ${sunset}.`) };
}

/** The end that a reason for deprecation tells, in the words of `announced`. */
function sunsetOf(type: GraphQLNamedType | undefined, member: string): string | undefined {
  const part = isEnumType(type) ? type.getValue(member) : type && 'getFields' in type ? type.getFields()[member] : undefined;
  return /Served until (\d{4}-\d{2}-\d{2})/.exec(part?.deprecationReason ?? '')?.[1];
}

function directionOf(type: GraphQLNamedType | undefined, argument: string | undefined): Direction {
  if (isInputObjectType(type) || argument !== undefined) return 'request';
  return isObjectType(type) || isInterfaceType(type) ? 'response' : 'none';
}

/** `/types/Query/fields/deal/args/id`, `/types/State/values/OPEN`, `/directives/deprecated` */
function pointerTo(type: GraphQLNamedType | undefined, name: string, field?: string, argument?: string): string {
  if (name === '') return '';
  if (name.startsWith('@')) return ['', 'directives', name.slice(1), ...(field ? ['args', field] : [])].join('/');
  const members = isEnumType(type) ? 'values' : 'fields';
  return ['', 'types', name, ...(field ? [members, field] : []), ...(argument ? ['args', argument] : [])].join('/');
}
