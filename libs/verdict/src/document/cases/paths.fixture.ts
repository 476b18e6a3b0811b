import { api, get, told, TEXT, type Case } from './case.fixture.js';

const operation = { responses: { 200: { description: 'As asked.' } } };
const id = { name: 'id', in: 'path', required: true, schema: TEXT };

export const PATHS: Case[] = [
  {
    name: 'a path is added',
    base: api({ '/a': { get: operation } }),
    revision: api({ '/a': { get: operation }, '/b': { get: operation, post: operation } }),
    expected: [told('info', 'none', 'operation-added', 'GET /b', '/paths/~1b/get'), told('info', 'none', 'operation-added', 'POST /b')],
    why: 'Nobody calls it yet; each operation of it is told by its name.',
  },
  {
    name: 'a path is removed',
    base: api({ '/a': { get: operation }, '/b': { get: operation } }),
    revision: api({ '/a': { get: operation } }),
    expected: [told('breaking', 'none', 'operation-removed', 'GET /b', '/paths/~1b/get')],
    why: 'Its callers get 404.',
  },
  {
    name: 'an operation is removed, its path stays',
    base: api({ '/a': { get: operation, delete: operation } }),
    revision: api({ '/a': { get: operation } }),
    expected: [told('breaking', 'none', 'operation-removed', 'DELETE /a', '/paths/~1a/delete')],
    why: 'Its callers get 405.',
  },
  {
    name: 'an operation is added to a path',
    base: api({ '/a': { get: operation } }),
    revision: api({ '/a': { get: operation, patch: operation } }),
    expected: [told('info', 'none', 'operation-added', 'PATCH /a')],
    why: 'The other operations are as they were.',
  },
  {
    name: 'a template parameter is renamed',
    base: api({ '/a/{id}': { get: { ...operation, parameters: [id] } } }),
    revision: api({ '/a/{key}': { get: { ...operation, parameters: [{ ...id, name: 'key' }] } } }),
    expected: [told('info', 'none', 'path-parameter-renamed', 'GET /a/{key}')],
    why: 'Callers send the value and never the name, so nothing is removed.',
  },
  {
    name: 'two template parameters change their names with each other',
    base: api({ '/a/{x}/{y}': { get: { ...operation, parameters: ['x', 'y'].map(name => ({ ...id, name })) } } }),
    revision: api({ '/a/{y}/{x}': { get: { ...operation, parameters: ['x', 'y'].map(name => ({ ...id, name })) } } }),
    expected: [told('info', 'none', 'path-parameter-renamed', 'GET /a/{y}/{x}'), told('info', 'none', 'path-parameter-renamed', 'GET /a/{y}/{x}')],
    why: 'What is compared is the position in the path.',
  },
  {
    name: 'a template parameter is renamed, and its schema is tightened',
    base: api({ '/a/{id}': { get: { ...operation, parameters: [id] } } }),
    revision: api({ '/a/{key}': { get: { ...operation, parameters: [{ ...id, name: 'key', schema: { type: 'string', maxLength: 3 } }] } } }),
    expected: [
      told('breaking', 'request', 'request-max-length-lowered', 'GET /a/{key}'),
      told('info', 'none', 'path-parameter-renamed', 'GET /a/{key}'),
    ],
    why: 'The parameter of the same position is the same parameter.',
  },
  {
    name: 'a template parameter is declared that was only in the path',
    base: api({ '/a/{id}': { get: operation } }),
    revision: api({ '/a/{id}': { get: { ...operation, parameters: [{ name: 'id', in: 'path', required: true }] } } }),
    expected: 'none',
    why: 'It was in the path before.',
  },
  {
    name: 'a path gets a slash at its end',
    base: api({ '/a': { get: operation } }),
    revision: api({ '/a/': { get: operation } }),
    expected: [told('breaking', 'none', 'path-trailing-slash-changed', 'GET /a/', '/paths/~1a~1/get')],
    why: 'To a strict router, as ours is, the two are different resources.',
  },
  {
    name: 'a path with and one without a slash are both there, and one goes',
    base: api({ '/a': { get: operation }, '/a/': { get: operation } }),
    revision: api({ '/a': { get: operation } }),
    expected: [told('breaking', 'none', 'operation-removed', 'GET /a/')],
    why: 'The same path is matched before one that only looks alike.',
  },
  {
    name: 'a literal segment becomes a template parameter',
    base: api({ '/a/mine': { get: operation } }),
    revision: api({ '/a/{id}': { get: { ...operation, parameters: [id] } } }),
    expected: [told('breaking', 'none', 'operation-removed', 'GET /a/mine'), told('info', 'none', 'operation-added', 'GET /a/{id}')],
    why: 'Whether `mine` is an id there cannot be known.',
  },
  {
    name: 'paths are in another order',
    base: api({ '/a': { get: operation }, '/b': { get: operation } }),
    revision: api({ '/b': { get: operation }, '/a': { get: operation } }),
    expected: 'none',
    why: 'The order of members says nothing.',
  },
  {
    name: 'a path is written as a component',
    base: api({ '/a': { get: { ...operation, parameters: [{ name: 'q', in: 'query' }] } } }),
    revision: api(
      { '/a': { $ref: '#/components/pathItems/a' } },
      { components: { pathItems: { a: { get: { ...operation, parameters: [{ name: 'q', in: 'query' }] } } } } },
    ),
    expected: 'none',
    why: 'A reference says the same as what it leads to.',
  },
  {
    name: 'an operation stands beside the reference of its path',
    base: api({ '/a': { get: operation } }),
    revision: api({ '/a': { $ref: '#/components/pathItems/a', put: operation } }, { components: { pathItems: { a: { get: operation } } } }),
    expected: [told('info', 'none', 'operation-added', 'PUT /a', '/paths/~1a/put')],
    why: 'A path item may have both; the pointer is where the operation stands.',
  },
  {
    name: 'an operation gets another id',
    base: get({ operationId: 'listThings' }),
    revision: get({ operationId: 'getThings' }),
    expected: [told('warning', 'none', 'operation-id-changed', 'GET /things')],
    why: 'Generated clients name their methods by it; on the wire nothing changes.',
  },
  {
    name: 'a parameter of the path is one of the operation',
    base: api({ '/a': { parameters: [{ name: 'q', in: 'query', schema: TEXT }], get: operation } }),
    revision: api({ '/a': { get: { ...operation, parameters: [{ name: 'q', in: 'query', schema: TEXT }] } } }),
    expected: 'none',
    why: 'Parameters of a path are those of each of its operations.',
  },
  {
    name: 'a required parameter is added to a path',
    base: api({ '/a': { get: operation, put: operation } }),
    revision: api({ '/a': { parameters: [{ name: 'q', in: 'query', required: true, schema: TEXT }], get: operation, put: operation } }),
    expected: [
      told('breaking', 'request', 'parameter-added-required', 'GET /a', '/paths/~1a/parameters/0'),
      told('breaking', 'request', 'parameter-added-required', 'PUT /a', '/paths/~1a/parameters/0'),
    ],
    why: 'It is required of each operation.',
  },
  {
    name: 'an operation replaces a parameter of its path by a looser one',
    base: api({ '/a': { parameters: [{ name: 'q', in: 'query', required: true, schema: TEXT }], get: operation } }),
    revision: api({
      '/a': {
        parameters: [{ name: 'q', in: 'query', required: true, schema: TEXT }],
        get: { ...operation, parameters: [{ name: 'q', in: 'query', schema: TEXT }] },
      },
    }),
    expected: [told('info', 'request', 'parameter-became-optional', 'GET /a', '/paths/~1a/get/parameters/0')],
    why: 'The operation’s own counts.',
  },
];
