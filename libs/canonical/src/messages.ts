/**
 * A message for people as it is stored: made into text in the reader's language when it is read.
 * Older releases may have used other codes.
 */
export interface Coded {
  code: string;
  params: Record<string, string>;
}

/** A sentence with its parameters in their places. A part that is empty leaves no space behind. */
export const filled = (sentence: string, params: Record<string, string>): string =>
  sentence.replace(/\{(\w+)\}/g, (_, name: string) => params[name] ?? `{${name}}`).trimEnd();
