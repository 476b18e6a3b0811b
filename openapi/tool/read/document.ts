import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { buildSchema, type GraphQLSchema } from 'graphql';
import { releasesOf } from '../apis/released.js';
import { WrongUse, type Io } from '../command.js';
import { bundled } from './bundle.js';
import { textOf } from './parse.js';
import { folderOf, revisionOf, type Shelf } from './shelf.js';

/** The document of an API: of operations, of events, or a schema. */
export type ApiDocument =
  | { readonly kind: 'OpenAPI' | 'AsyncAPI'; readonly name: string; readonly root: Record<string, unknown> }
  | { readonly kind: 'GraphQL'; readonly name: string; readonly schema: GraphQLSchema };

const RELEASED = /^(?<api>[a-z][a-z0-9-]*)(@(?<major>\d+)(\.(?<minor>\d+))?)?$/;

/**
 * The document that a caller names: a file, `git:<revision>:<path>`, or a release (`crm`,
 * `crm@1`, `crm@1.0`). Throws `WrongUse` for what is not there and for what is not a document of
 * an API.
 */
export async function documentOf(named: string, io: Io): Promise<ApiDocument> {
  return readDocument(await shelfOf(named, io));
}

async function shelfOf(named: string, io: Io): Promise<Shelf> {
  const [, revision, path] = /^git:([^:]+):(.+)$/.exec(named) ?? [];
  if (revision && path) {
    if (revision.startsWith('-')) throw new WrongUse(`${revision} is not a revision`);
    return revisionOf(revision, path, io.cwd);
  }
  if (named.startsWith('git:')) throw new WrongUse(`${named} names no file: git:<revision>:<path>`);
  const file = resolve(io.cwd, named);
  if (await isFile(file)) return folderOf(file, named);
  return (await shelfOfRelease(named, io.top)) ?? refuse(named);
}

function refuse(named: string): never {
  throw new WrongUse(`there is no file ${named}${RELEASED.test(named) ? ', and no release of that name' : ''}`);
}

async function shelfOfRelease(named: string, top: string): Promise<Shelf | undefined> {
  const { api, major, minor } = RELEASED.exec(named)?.groups ?? {};
  if (!api) return undefined;
  const release = (await releasesOf(top, api)).findLast(
    one => (major === undefined || one.major === Number(major)) && (minor === undefined || one.minor === Number(minor)),
  );
  return release && folderOf(join(top, release.file), release.file);
}

const isFile = async (path: string): Promise<boolean> => (await stat(path).catch(() => undefined))?.isFile() ?? false;

/** Reads the document of a shelf; what kind it is of, the document says. */
export async function readDocument(shelf: Shelf): Promise<ApiDocument> {
  const name = shelf.name(shelf.main);
  if (/\.(graphqls?|gql)$/.test(shelf.main)) return { kind: 'GraphQL', name, schema: schemaOf(name, textOf(name, await shelf.read(shelf.main))) };
  const root = await bundled(shelf);
  return { kind: kindOf(name, root), name, root };
}

function schemaOf(name: string, text: string): GraphQLSchema {
  try {
    return buildSchema(text);
  } catch (error) {
    throw new WrongUse(`${name} is not a GraphQL schema: ${(error as Error).message}`);
  }
}

function kindOf(name: string, root: Record<string, unknown>): 'OpenAPI' | 'AsyncAPI' {
  const { openapi, asyncapi, swagger } = root;
  if (typeof openapi === 'number') throw new WrongUse(`the openapi of ${name} is a number; it is a text, as '3.1.0'`);
  if (typeof openapi === 'string' && /^3\.[01](\.|$)/.test(openapi)) return withParts(name, root, 'OpenAPI', ['paths', 'webhooks', 'components']);
  if (typeof asyncapi === 'string' && asyncapi.startsWith('3.')) return withParts(name, root, 'AsyncAPI', ['channels', 'components']);
  const version = swagger ?? openapi ?? asyncapi;
  if (version === undefined) throw new WrongUse(`${name} is not a document of an API: it has no openapi and no asyncapi`);
  throw new WrongUse(`${name} is of version ${String(version)}: OpenAPI 3.0 and 3.1 and AsyncAPI 3 are read`);
}

function withParts(name: string, root: Record<string, unknown>, kind: 'OpenAPI' | 'AsyncAPI', parts: string[]): 'OpenAPI' | 'AsyncAPI' {
  for (const part of ['info', ...parts]) {
    const value = root[part];
    if (value !== undefined && (typeof value !== 'object' || value === null || Array.isArray(value))) {
      throw new WrongUse(`${name} is not an ${kind} document: its ${part} is not an object`);
    }
  }
  if (parts.every(part => root[part] === undefined)) throw new WrongUse(`${name} is not an ${kind} document: it has none of ${parts.join(', ')}`);
  return kind;
}
