import { placeOf, type Api } from './api.js';
import type { AnswerOf, InputOf, Operation } from './operation.js';

export interface CallOptions {
  /** The longest wait in ms; never beyond the deadline of the current work. Default 30 s. */
  deadlineMs?: number;
  ifMatch?: string;
  idempotencyKey?: string;
}

type Call<Input, Answer> =
  Partial<Input> extends Input ? (input?: Input, options?: CallOptions) => Promise<Answer> : (input: Input, options?: CallOptions) => Promise<Answer>;

/** An API as those call it who use it: a method for each operation. */
export type Client<A extends Api> = {
  readonly [Id in keyof A['operations']]: Call<InputOf<A['operations'][Id]>, AnswerOf<A['operations'][Id]>>;
};

/** The parameters in a path: `id` of `projects/:id/plans`. */
export const namesIn = (path: string): string[] => [...path.matchAll(/:(\w+)/g)].map(([, name]) => name);

/** Where an operation is, behind the gateway: `/system/psa/v1/projects/prj_…`. */
export function pathOf(api: Api, { path, unversioned }: Operation, input: object): string {
  const params = input as Record<string, string>;
  return `${placeOf(api)}/${unversioned ? '' : `v${api.version}/`}${path.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(params[name]))}`;
}
