import { CriticalityLevel, diff, type Change as Difference } from '@graphql-inspector/core';
import { isEnumType, isInputObjectType, isInterfaceType, isObjectType, type GraphQLNamedType, type GraphQLSchema } from 'graphql';
import { reportOf, type Change, type Direction, type Report, type Severity } from '../change.js';
import { tooSoon } from '../document/lifecycle.js';

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
  const changes = differences.map(difference => afterSunset(changeOf(difference, typeOf), base, difference.path, asOf));
  return reportOf([...changes, ...compareEnds(base, revision, asOf)]);
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
    operation: operationOf(name, field),
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

function sunsetOf(type: GraphQLNamedType | undefined, member: string): string | undefined {
  const part = isEnumType(type) ? type.getValue(member) : type && 'getFields' in type ? type.getFields()[member] : undefined;
  return endIn(part?.deprecationReason).sunset;
}

/** The end that a reason for deprecation tells, or the description of a schema: `since 2026-11-01, served until 2027-11-01`. */
const endIn = (text: string | null | undefined): { since?: string; sunset?: string } =>
  /\b(?:since (?<since>\d{4}-\d{2}-\d{2}), )?served until (?<sunset>\d{4}-\d{2}-\d{2})/i.exec(text ?? '')?.groups ?? {};

/** Announced ends that come too soon after today, or sooner than was announced. */
function compareEnds(base: GraphQLSchema, revision: GraphQLSchema, asOf: string): Change[] {
  const audience = /Audience: (\w+)/.exec(revision.description ?? '')?.[1];
  const before = endsOf(base);
  return [...endsOf(revision)].flatMap(([pointer, { text, ...rest }]) => {
    const [{ since, sunset }, was] = [endIn(text), endIn(before.get(pointer)?.text).sunset];
    if (sunset === undefined || sunset === was) return [];
    const change = (id: string, said: string): Change[] => [{ id, severity: 'breaking', pointer, ...rest, text: said }];
    const what =
      pointer === ''
        ? 'The schema'
        : `'${pointer
            .split('/')
            .filter((_, at) => at % 2 === 0 && at > 0)
            .join('.')}'`;
    if (was !== undefined) return sunset < was ? change('sunset-moved-earlier', `${what} ends on ${sunset} already, not on ${was}.`) : [];
    const days = tooSoon({ since, sunset, audience, asOf });
    return days === undefined ? [] : change('sunset-too-soon', `${what} ends on ${sunset}: callers are promised ${days} days to move.`);
  });
}

type End = Pick<Change, 'direction' | 'operation'> & { text: string | null | undefined };

/** The texts that may tell an end, by the pointers of what they are about: '' is the whole schema. */
function endsOf(schema: GraphQLSchema): Map<string, End> {
  const ends = new Map<string, End>([['', { text: schema.description, direction: 'none', operation: null }]]);
  for (const type of Object.values(schema.getTypeMap())) {
    const members = isEnumType(type) ? type.getValues() : 'getFields' in type ? Object.values(type.getFields()) : [];
    for (const { name, deprecationReason } of members) {
      const operation = operationOf(type.name, name);
      ends.set(pointerTo(type, type.name, name), { text: deprecationReason, direction: directionOf(type, undefined), operation });
    }
  }
  return ends;
}

const operationOf = (type: string, field: string | undefined): string | null =>
  ['Query', 'Mutation', 'Subscription'].includes(type) && field ? `${type}.${field}` : null;

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
