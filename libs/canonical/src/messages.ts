import catalogue from './messages.en.js';

/** What people read is stored as a code and parameters; this makes it text, in the reader's language, when it is read. */
export interface Coded {
  code: string;
  params: Record<string, string>;
}

const catalogues: Record<string, Record<string, string>> = { en: catalogue };

/** Every code that has a sentence. */
export const CODES: readonly string[] = Object.keys(catalogue);

/** Fills the catalogue's sentence for `code`; an unknown code reads as itself with its parameters, never as nothing. */
export function text({ code, params }: Coded, language = 'en'): string {
  const sentence = catalogues[language]?.[code] ?? catalogue[code];
  if (sentence === undefined) {
    const details = Object.entries(params).map(([k, v]) => `${k} ${v}`);
    return [code, ...details].join(', ');
  }
  // A part that is empty leaves no space behind.
  return sentence.replace(/\{(\w+)\}/g, (_, name: string) => params[name] ?? `{${name}}`).trimEnd();
}
