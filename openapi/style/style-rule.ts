import type { RuleDefinition, RulesetFunctionContext } from '@stoplight/spectral-core';

type Then = RuleDefinition['then'];

/** One rule of the style guide. It finds faults in a document; each fault fails the lint. */
export interface StyleRule {
  /** Why we want it, in one sentence. It is shown with each finding and in the guide's table. */
  reason: string;
  /** `warn` is for what only makes a document harder to read. Error if not said. */
  severity?: 'error' | 'warn';
  /** JSONPath, or an alias of `ALIASES`, of what is judged. */
  given: string | string[];
  judge: Then;
  /** False judges the document as it is written, with its `$ref`. True if not said. */
  resolved?: boolean;
}

export type Fields = Record<string, unknown>;
export type Path = (string | number)[];

/** What is wrong, and where it is: below the judged value. */
export interface Fault {
  at: Path;
  message: string;
}

/** Names of JSONPaths that several rules use. */
export const ALIASES: Record<string, string[]> = {
  Operations: ['$.paths[*][get,put,post,patch,delete]'],
  Answers: ['$.paths[*][get,put,post,patch,delete].responses[?(@property.match(/^2/))]'],
  Faults: ['$.paths[*][get,put,post,patch,delete].responses[?(@property.match(/^[45]/))]'],
};

export const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value);
export const fieldsOf = (value: unknown): Fields => (isFields(value) ? value : {});
export const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

/** A check of our own: it gets the judged value and says each fault of it. */
export const finds = (find: (value: Fields, context: RulesetFunctionContext) => Iterable<Fault>): Then => ({
  function: (value: unknown, _options: unknown, context: RulesetFunctionContext) =>
    isFields(value) ? Array.from(find(value, context), ({ at, message }) => ({ message, path: [...context.path, ...at] })) : [],
});

/** The value has this field, and it is as the pattern says. */
export const says = (field: string, form: RegExp, what: string): Then =>
  finds(function* (value) {
    const said = value[field];
    if (typeof said !== 'string' || !form.test(said)) yield { at: said === undefined ? [] : [field], message: `${field} is ${what}.` };
  });
