import { GraphQLSchema } from 'graphql';
import { extensionsOf, type ApiDeclaration } from '#apis';

/** The same schema, which says what the API declares: to people in its description, to programs in its extensions. */
export const declared = (schema: GraphQLSchema, api: ApiDeclaration): GraphQLSchema =>
  new GraphQLSchema({ ...schema.toConfig(), description: descriptionOf(api), extensions: { ...schema.extensions, ...extensionsOf(api) } });

const descriptionOf = ({ app, version, owner, serviceLevel, ...api }: ApiDeclaration): string =>
  [
    `${app}, version ${version}: ${stateOf(api)}.`,
    `Owner: ${owner.team}, ${owner.email}. Layer: ${api.layer}. Audience: ${api.audience}. System of record: ${api.systemOfRecord ?? 'none'}.`,
    `Service level: available ${serviceLevel.availability}, 95 of 100 answers within ${serviceLevel.latencyMs95} ms, support: ${serviceLevel.support}.`,
  ].join('\n');

function stateOf({ lifecycle }: Pick<ApiDeclaration, 'lifecycle'>): string {
  const next = 'successor' in lifecycle ? `; use ${lifecycle.successor}` : '';
  if (lifecycle.state === 'deprecated') return `deprecated since ${lifecycle.since}, served until ${lifecycle.sunset}${next}`;
  return lifecycle.state === 'retired' ? `retired on ${lifecycle.on}${next}` : lifecycle.state;
}
