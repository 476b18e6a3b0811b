import { fieldMessages, filled, type Coded } from '#canonical';
import common from './messages.en.js';
import partner from './partner/messages.en.js';
import portal from './portal/messages.en.js';
import projectInitiation from './project-initiation/messages.en.js';
import timeToBilling, { earlier } from './time-to-billing/messages.en.js';

/** Each app's sentences, and those of several apps. */
export const CATALOGUES = [fieldMessages, common, partner, portal, projectInitiation, timeToBilling] as const;

const english = { ...fieldMessages, ...common, ...partner, ...portal, ...projectInitiation, ...timeToBilling };

type Catalogue = typeof english;

/** A code that has a sentence. */
export type MessageCode = keyof Catalogue;

/** The parameters in a sentence: `deal` and `missing` of "{deal} has no {missing} date." */
type Slots<Sentence extends string> = Sentence extends `${string}{${infer Name}}${infer Rest}` ? Name | Slots<Rest> : never;

export type SlotsOf<Code extends MessageCode> = Slots<Catalogue[Code]>;

/** The parameters of a sentence beside those that are said anyway. */
export type ParamsBeside<Code extends MessageCode, Said extends string> = { [name in Exclude<SlotsOf<Code>, Said>]: string } & Record<string, string>;

/** All parameters of the sentence; further known facts may be added. */
export type ParamsOf<Code extends MessageCode> = { [name in SlotsOf<Code>]: string } & Record<string, string>;

/**
 * A message for people when it is made: a code that has a sentence, with that sentence's
 * parameters.
 */
export type Message<Code extends MessageCode = MessageCode> = { [C in Code]: { code: C; params: ParamsOf<C> } }[Code];

/** By language. Sentences of earlier releases can be read, but are no longer made. */
const catalogues = new Map([['en', new Map(Object.entries<string>({ ...english, ...earlier }))]]);

/** Every code that has a sentence. */
export const CODES = Object.keys(english) as MessageCode[];

/** A message of a code that is known only where it is used. */
export const message = <Code extends MessageCode>(code: Code, params: ParamsOf<Code>): Message<Code> => ({ code, params });

/** Fills the catalogue's sentence for `code`; an unknown code reads as itself with its parameters, never as nothing. */
export function text({ code, params }: Coded, language = 'en'): string {
  const sentence = catalogues.get(language)?.get(code) ?? catalogues.get('en')?.get(code);
  if (sentence !== undefined) return filled(sentence, params);
  const details = Object.entries(params).map(([name, value]) => `${name} ${value}`);
  return [code, ...details].join(', ');
}
