import { GraphQLSchema, isEnumType, isInputObjectType, isInterfaceType, isObjectType } from 'graphql';
import { announced, deprecatedFields, extensionsOf, releaseLine, releaseOf, type Api, type ApiDeclaration } from '#apis';

/**
 * The schema with what its API declares: for people in its description, for programs in its
 * extensions, and `@deprecated` on what goes away. Throws for a deprecation of a field or value that
 * the schema does not have, so that the app does not start.
 */
export function declared(schema: GraphQLSchema, api: Api): GraphQLSchema {
  for (const { schema: type, field, deprecation } of deprecatedFields(api)) {
    const place = memberOf(schema, type, field);
    if (!place) throw new Error(`The schema of ${api.app} has no field ${deprecation.of} to deprecate`);
    place.deprecationReason = announced(deprecation);
  }
  return new GraphQLSchema({ ...schema.toConfig(), description: descriptionOf(api), extensions: { ...schema.extensions, ...extensionsOf(api) } });
}

function memberOf(schema: GraphQLSchema, name: string, member: string): { deprecationReason?: string | null } | undefined {
  const type = schema.getType(name);
  if (isEnumType(type)) return type.getValue(member) ?? undefined;
  return isObjectType(type) || isInterfaceType(type) || isInputObjectType(type) ? type.getFields()[member] : undefined;
}

const descriptionOf = ({ app, version, owner, serviceLevel, ...api }: ApiDeclaration): string =>
  [
    `${app}, version ${version}: ${stateOf(api)}.`,
    releaseLine(releaseOf({ app, version })),
    `Owner: ${owner.team}, ${owner.email}. Layer: ${api.layer}. Audience: ${api.audience}. System of record: ${api.systemOfRecord ?? 'none'}.`,
    `Service level: available ${serviceLevel.availability}, 95 of 100 answers within ${serviceLevel.latencyMs95} ms, support: ${serviceLevel.support}.`,
  ].join('\n');

function stateOf({ lifecycle }: Pick<ApiDeclaration, 'lifecycle'>): string {
  const next = 'successor' in lifecycle ? `; use ${lifecycle.successor}` : '';
  if (lifecycle.state === 'deprecated') return `deprecated since ${lifecycle.since}, served until ${lifecycle.sunset}${next}`;
  return lifecycle.state === 'retired' ? `retired on ${lifecycle.on}${next}` : lifecycle.state;
}
