/** A sentence with its parameters in their places. A part that is empty leaves no space behind. */
export const filled = (sentence: string, params: Record<string, string>): string =>
  sentence.replace(/\{(\w+)\}/g, (_, name: string) => params[name] ?? `{${name}}`).trimEnd();
