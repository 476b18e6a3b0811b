import catalogue from './messages.en.js';

type Catalogue = typeof catalogue;

/** A code that has a sentence. */
export type MessageCode = keyof Catalogue;

/** The parameters in a sentence: `deal` and `missing` of "{deal} has no {missing} date." */
type Slots<Sentence extends string> = Sentence extends `${string}{${infer Name}}${infer Rest}` ? Name | Slots<Rest> : never;

export type SlotsOf<Code extends MessageCode> = Slots<Catalogue[Code]>;

/** The parameters of a sentence beside those that are said anyway. */
export type ParamsBeside<Code extends MessageCode, Said extends string> = { [name in Exclude<SlotsOf<Code>, Said>]: string } & Record<string, string>;

/** Those of the sentence, all of them; what more is known of a thing may stand beside. */
export type ParamsOf<Code extends MessageCode> = { [name in SlotsOf<Code>]: string } & Record<string, string>;

/** What people read, as it is made: a code that has a sentence, with the parameters of that sentence. */
export type Message<Code extends MessageCode = MessageCode> = { [C in Code]: { code: C; params: ParamsOf<C> } }[Code];

/** What people read, as it is stored: this makes it text, in the reader's language, when it is read. Older releases may have known other codes. */
export interface Coded {
  code: string;
  params: Record<string, string>;
}

const catalogues: Record<string, Record<string, string>> = { en: catalogue };

/** Every code that has a sentence. */
export const CODES = Object.keys(catalogue) as MessageCode[];

/** A message of a code that is known only where it is used. */
export const message = <Code extends MessageCode>(code: Code, params: ParamsOf<Code>): Message<Code> => ({ code, params });

/** Fills the catalogue's sentence for `code`; an unknown code reads as itself with its parameters, never as nothing. */
export function text({ code, params }: Coded, language = 'en'): string {
  const sentence = catalogues[language]?.[code] ?? catalogues.en[code];
  if (sentence === undefined) {
    const details = Object.entries(params).map(([k, v]) => `${k} ${v}`);
    return [code, ...details].join(', ');
  }
  // A part that is empty leaves no space behind.
  return sentence.replace(/\{(\w+)\}/g, (_, name: string) => params[name] ?? `{${name}}`).trimEnd();
}
