import { namesIn, nodesOf, placeOf, textsOf, type Place, type Source } from './sources.js';

/** How many of the columns make a list one of a line's columns: other things share a few of them. */
const ENOUGH = 6;
/** What begins the next list of columns in a statement. */
const CLAUSE = /\b(?:insert into|select|from|do update set|set|values|returning|where|on conflict)\b/i;

/** Places where the columns of a billing line are written: a type, an object, a pattern, or a list within a statement. */
export function lineColumns(sources: Source[], columns: readonly string[]): Place[] {
  const isList = (names: string[]): boolean => columns.filter(column => names.some(name => camel(name) === column)).length >= ENOUGH;
  return sources.flatMap(source => [
    ...nodesOf(source)
      .filter(node => isList(namesIn(node)))
      .map(node => placeOf(source, node)),
    ...textsOf(source).flatMap(({ node, pieces }) =>
      pieces
        .join(' ')
        .split(CLAUSE)
        .filter(list => isList(list.match(/\w+/g) ?? []))
        .map(list => placeOf(source, node, list.trim())),
    ),
  ]);
}

const camel = (name: string): string => name.replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
