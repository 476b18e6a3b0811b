import { text } from 'node:stream/consumers';
import type { IncomingMessage } from 'node:http';
import { placeOf, type AnswerOf, type Api, type InputOf, type Operation } from '#apis';
import { Problem } from '#canonical';
import { testServer, type TestServer } from './test-server.js';

type Handler<O extends Operation> = (asked: InputOf<O>) => AnswerOf<O> | Promise<AnswerOf<O>>;

/** What a spec answers each operation with. A Problem that is thrown is answered as the app answers it. */
export type Handlers<A extends Api> = { readonly [Id in keyof A['operations']]: Handler<A['operations'][Id]> };

/** One operation that a spec answers, and where it is. */
interface Played {
  method: string;
  path: RegExp;
  operation: Operation;
  handle: (asked: object) => unknown;
}

export type StandIn = readonly Played[];

/** Thrown by a handler whose work was done and whose answer never arrives. */
export class LostAnswer extends Error {}

/** Another app as a spec plays it: each operation of its API, or of what `calls.ts` lists of it, and no other. */
export function standIn<A extends Api>(api: A, handlers: Handlers<A>): StandIn {
  const { app, version, operations } = api as Api;
  const unknown = Object.keys(handlers).filter(id => !(id in operations));
  const missing = Object.keys(operations).filter(id => !(id in handlers));
  if (unknown.length > 0) throw new Error(`The API of ${app} has no operation ${unknown.join(', ')}.`);
  if (missing.length > 0) throw new Error(`Nothing answers ${missing.join(', ')} of ${app}.`);
  return Object.values(operations).map(operation => ({
    method: operation.method.toUpperCase(),
    path: new RegExp(`^${placeOf(api)}/${operation.unversioned ? '' : `v${version}/`}${operation.path.replace(/:(\w+)/g, '(?<$1>[^/]+)')}$`),
    operation,
    handle: handlers[operation.id as keyof Handlers<A>] as (asked: object) => unknown,
  }));
}

/** A gateway with stand-ins behind it. They check what is asked by the classes of the definition, as the apps themselves do. */
export async function testGateway(...standIns: StandIn[]): Promise<TestServer> {
  const { problemBody, RequestValidation } = await import('#service');
  const checks = new RequestValidation();
  const played = standIns.flat();

  const checked = async (operation: Operation, asked: { params: object; query: object; body: unknown }): Promise<void> => {
    for (const [place, type] of [
      ['params', 'param'],
      ['query', 'query'],
      ['body', 'body'],
    ] as const)
      if (operation[place]) await checks.transform(structuredClone(asked[place]), { type, metatype: operation[place] });
  };
  const answer = async (request: IncomingMessage): Promise<{ status: number; body: unknown }> => {
    const url = new URL(request.url ?? '', 'http://gateway');
    const sent = await text(request);
    for (const { method, path, operation, handle } of played) {
      const match = request.method === method && path.exec(url.pathname);
      if (!match) continue;
      const params = Object.fromEntries(Object.entries(match.groups ?? {}).map(([name, value]) => [name, decodeURIComponent(value)]));
      const query = Object.fromEntries(url.searchParams);
      const body = sent ? (JSON.parse(sent) as unknown) : undefined;
      await checked(operation, { params, query, body });
      return { status: operation.status, body: await handle({ ...params, query, body }) };
    }
    throw new Problem('not-found', `Nobody plays ${request.method} ${url.pathname}.`);
  };
  return testServer((request, response) => {
    const send = (status: number, body: unknown) =>
      void response.writeHead(status, { 'content-type': 'application/json' }).end(body === undefined ? undefined : JSON.stringify(body));
    answer(request).then(
      ({ status, body }) => send(status, body),
      (error: unknown) => {
        if (error instanceof LostAnswer) return void request.socket.destroy();
        const problem = error instanceof Problem ? error : new Problem('internal', String(error));
        send(problemBody(problem, 'spec').status, problemBody(problem, 'spec'));
      },
    );
  });
}
