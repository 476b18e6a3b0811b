import type { Direction, Severity } from '../../change.js';

export interface Expected {
  id: string;
  severity: Severity;
  direction: Direction;
  operation: string | null;
  pointer?: string;
}

/** A change of a document, and all that is told of it. */
export interface Case {
  name: string;
  base: Json;
  revision: Json;
  expected: Expected[] | 'none';
  why: string;
  /** The versions are the case's own; else the revision's is grown so that nothing is told of it. */
  ownVersions?: true;
}

export type Json = Record<string, unknown>;

/** The day on which all cases are judged. */
export const AS_OF = '2026-12-01';

export const told = (severity: Severity, direction: Direction, id: string, operation: string | null, pointer?: string): Expected => ({
  id,
  severity,
  direction,
  operation,
  ...(pointer === undefined ? {} : { pointer }),
});

/** All that is told. */
export const one = (...expected: Parameters<typeof told>): Expected[] => [told(...expected)];

export const api = (paths: Json, more: Json = {}): Json => ({ openapi: '3.1.0', info: { title: 'Things', version: '1.0.0' }, paths, ...more });

const OK = { 200: { description: 'As asked.' } };

/** A document of one operation, `GET /things`. */
export const get = (operation: Json, more: Json = {}, path = '/things'): Json => api({ [path]: { get: { responses: OK, ...operation } } }, more);

export const post = (operation: Json, more: Json = {}): Json => api({ '/things': { post: { responses: OK, ...operation } } }, more);

export const json = (schema: unknown, type = 'application/json'): Json => ({ content: { [type]: { schema } } });

export const TEXT = { type: 'string' };

export const query = (more: Json = {}): Json => ({ name: 'kind', in: 'query', schema: TEXT, ...more });
