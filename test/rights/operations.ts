import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { buildSchema } from 'graphql';

const UNSAFE = ['post', 'put', 'patch', 'delete'];

interface Document {
  paths: Record<string, Record<string, { security?: Record<string, string[]>[] }>>;
}

/** An operation of an emitted document, or a mutation, as the table names it. */
export interface Operation {
  name: string;
  scopes: string[];
}

const documents = (top: string): [string, Document][] =>
  readdirSync(resolve(top, 'openapi'))
    .filter(file => file.endsWith('.json'))
    .map(file => [file.replace('.json', ''), JSON.parse(readFileSync(resolve(top, 'openapi', file), 'utf8')) as Document]);

const operations = (top: string, chosen: (method: string) => boolean): Operation[] =>
  documents(top).flatMap(([document, { paths }]) =>
    Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods)
        .filter(([method]) => chosen(method))
        .map(([method, { security = [] }]) => ({
          name: `${document} ${method.toUpperCase()} ${path}`,
          scopes: security.flatMap(one => Object.values(one).flat()),
        })),
    ),
  );

/** Every operation of every emitted document that may change something, and every mutation; `top` is the checkout. */
export function unsafeOperations(top: string): Operation[] {
  const schema = buildSchema(readFileSync(resolve(top, 'apps/experience/portal/schema.graphql'), 'utf8'));
  const mutations = Object.keys(schema.getMutationType()?.getFields() ?? {});
  return [
    ...operations(top, method => UNSAFE.includes(method)),
    ...mutations.map(name => ({ name: `portal mutation ${name}`, scopes: ['portal.act'] })),
  ];
}

/** Every operation that only reads. */
export const safeOperations = (top: string): Operation[] => operations(top, method => method === 'get');
