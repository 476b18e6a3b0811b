/** A GraphQL enum over canonical words: `time-and-materials` is TIME_AND_MATERIALS. */
export const enumOf = (words: readonly string[]): Record<string, string> =>
  Object.fromEntries(words.map(word => [word.toUpperCase().replace(/-/g, '_'), word]));
