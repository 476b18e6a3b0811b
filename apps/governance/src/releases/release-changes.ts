import { buildSchema, type GraphQLSchema } from 'graphql';
import { releaseIn } from '#apis';
import { compareDocuments, compareEvents, type Change } from '#verdict';
import { compareSchemas } from '#verdict/graphql';

interface Document {
  readonly asyncapi?: string;
  readonly info?: { readonly 'x-released-on'?: string };
}

/** A released document, and the day (`YYYY-MM-DD`) that it tells. */
export type Released =
  | { readonly kind: 'GraphQL'; readonly on?: string; readonly schema: GraphQLSchema }
  | { readonly kind: 'AsyncAPI' | 'OpenAPI'; readonly on?: string; readonly document: Document };

/** Reads a released document by the name of its file. */
export function releasedIn(file: string, text: string): Released {
  if (file.endsWith('.graphql')) return { kind: 'GraphQL', on: releaseIn(text).on, schema: buildSchema(text) };
  const document = JSON.parse(text) as Document;
  return { kind: document.asyncapi === undefined ? 'OpenAPI' : 'AsyncAPI', on: document.info?.['x-released-on'], document };
}

/** The version and the day of a release, which differ from release to release by themselves. */
const OWN = ['/info/version', '/info/x-released-on'];

/** What a release changed of the one before, as the changelog tells it; `asOf` is the day of the judgement. */
export async function changesOf(before: Released, now: Released, asOf: string): Promise<Change[]> {
  if (before.kind === 'GraphQL' && now.kind === 'GraphQL') return (await compareSchemas(before.schema, now.schema, asOf)).changes;
  if (before.kind === 'GraphQL' || now.kind === 'GraphQL') return [];
  const [base, revision] = [before.document, now.document];
  const { changes } = now.kind === 'AsyncAPI' ? compareEvents({ ...base }, { ...revision }, asOf) : compareDocuments(base, revision, { asOf });
  return changes.filter(({ pointer }) => !OWN.includes(pointer));
}
