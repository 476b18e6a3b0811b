import type { Page } from './page.js';
import type { Scope } from './scope.js';

export type Method = 'get' | 'put' | 'post' | 'delete';

/** A class that a request is checked by and an answer is documented by. */
export type Shape<T = object> = new () => T;

/** Carries an operation's types; nothing exists at run time. */
declare const INPUT: unique symbol;
declare const ANSWER: unique symbol;

/**
 * One operation of an API: a controller implements it, a client calls it, and the OpenAPI document
 * is made from it.
 */
export interface Operation<Input = unknown, Answer = unknown> {
  /** Unique in its API: the method of the client, and `operationId` of the document. */
  readonly id: string;
  readonly tag: string;
  readonly method: Method;
  /** After the version, with its parameters: `projects/:id/plans`. */
  readonly path: string;
  readonly scope: Scope;
  readonly summary: string;
  readonly description?: string;
  /** Status of the answer. */
  readonly status: number;
  readonly params?: Shape;
  readonly query?: Shape;
  readonly body?: Shape;
  readonly answer?: Shape;
  /** The answer is a page of these. */
  readonly pageOf?: Shape;
  /** The description of `If-Match`, where the operation accepts it. */
  readonly ifMatch?: string;
  /**
   * Its answer has an `ETag`; a caller that has the same already (`If-None-Match`) is answered 304.
   */
  readonly conditional?: true;
  /** It looks unsafe, as a POST, and changes nothing. */
  readonly writesNothing?: true;
  /** It stands beside the versions of the API, as `/healthz` does. */
  readonly unversioned?: true;
  /**
   * Its body has a list whose items are checked one by one: a bad item is answered with its own
   * problem, and the others are answered as if it were alone.
   */
  readonly itemwise?: true;
  /** Of an operation of an older version: how the newer one serves it. */
  readonly translation?: AnyTranslation;
  readonly [INPUT]?: Input;
  readonly [ANSWER]?: Answer;
}

/** The input of an operation: the path's parameters by name, `query` and `body`. */
export type InputOf<O> = O extends Operation<infer Input> ? Input : never;
export type AnswerOf<O> = O extends Operation<unknown, infer Answer> ? Answer : never;

/**
 * How an operation of an older version is served by the operation that took its place. Both
 * functions are pure: requests and answers are plain JSON, and nothing is looked up.
 */
export interface Translation<Old, OldAnswer, Current extends Operation> {
  /** The operation of the newer version. */
  of: Current;
  /** The request as the newer operation takes it. It was checked by the older version's classes. */
  up: (request: Old) => InputOf<Current>;
  /** The answer as the older version has it. */
  down: (answer: AnswerOf<Current>) => OldAnswer;
  /**
   * What a field of the newer request is called in the older one: `days[0].time[2].role` is
   * `time[2].role`. Problems name fields by it. Without it, both have the same names.
   */
  fieldOf?: (path: string, request: Old) => string;
}

/** The same, of whichever operations. */
export type AnyTranslation = Translation<object, unknown, Operation<object>>;

/** The parameters in a path: `id` of `projects/:id/plans`. */
type Params<Path extends string> = Path extends `${string}:${infer Name}/${infer Rest}`
  ? Name | Params<Rest>
  : Path extends `${string}:${infer Name}`
    ? Name
    : never;

interface Said<P, Q, B, A, I> extends Pick<
  Operation,
  'scope' | 'summary' | 'description' | 'ifMatch' | 'conditional' | 'writesNothing' | 'unversioned' | 'itemwise'
> {
  /** Where the parameters are more than texts. */
  params?: Shape<P>;
  query?: Shape<Q>;
  body?: Shape<B>;
  answer?: Shape<A>;
  pageOf?: Shape<I>;
  /** 200, and 204 of an operation without an answer, if not said. */
  status?: 201 | 202;
}

/** A query of which everything may be left out may be left out itself. */
type Queried<Q> = [Q] extends [never] ? unknown : Partial<Q> extends Q ? { query?: Q } : { query: Q };
/** The input of an operation: its path's parameters by name, its query and its body. */
type Input<P, Q, B> = P & Queried<Q> & ([B] extends [never] ? unknown : { body: B });
type Answered<A, I> = [I] extends [never] ? A : Page<I>;

/** An operation before it is named. */
export type Made<In, Out> = Omit<Operation<In, Out>, 'id' | 'tag'>;

const operation =
  (method: Method) =>
  <Path extends string, P = { [name in Params<Path>]: string }, Q = never, B = never, A = void, I = never>(
    path: Path,
    { status, ...said }: Said<P, Q, B, A, I>,
  ): Made<Input<P, Q, B>, Answered<A, I>> =>
    ({ ...said, method, path, status: status ?? (said.answer || said.pageOf ? 200 : 204) }) as Made<Input<P, Q, B>, Answered<A, I>>;

export const get = operation('get');
export const put = operation('put');
export const post = operation('post');
export const del = operation('delete');

export type Operations = Readonly<Record<string, Operation>>;

type Named<M> = { readonly [Id in keyof M]: M[Id] extends Made<infer In, infer Out> ? Operation<In, Out> : never };

/** Operations under one heading of the document, by their ids. */
export function operations<M extends Record<string, Pick<Operation, 'method' | 'path'>>>(tag: string, made: M): Named<M> {
  return Object.fromEntries(Object.entries(made).map(([id, one]) => [id, { ...one, id, tag }])) as Named<M>;
}
