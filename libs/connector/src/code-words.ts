/**
 * Makes readable words of a code: PROJECT_MANAGER becomes Project Manager. `exceptions` holds the
 * words of codes that read otherwise.
 */
export function wordsOf(code: string, exceptions: Record<string, string>): string {
  return (
    exceptions[code] ??
    code.toLowerCase().replace(/(^|_)([a-z])/g, (_, gap: string, letter: string) => (gap === '' ? '' : ' ') + letter.toUpperCase())
  );
}

export function codeOf(words: string, exceptions: Record<string, string>): string {
  return Object.entries(exceptions).find(([, known]) => known === words)?.[0] ?? words.toUpperCase().replace(/[^A-Z0-9]+/g, '_');
}
