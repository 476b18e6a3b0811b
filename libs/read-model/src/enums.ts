/** Name in the schema -> canonical word. */
export type EnumWords = Record<string, string>;

/** A GraphQL enum over canonical words: `time-and-materials` is TIME_AND_MATERIALS. */
export const enumOf = (words: readonly string[]): EnumWords => Object.fromEntries(words.map(word => [word.toUpperCase().replace(/-/g, '_'), word]));
