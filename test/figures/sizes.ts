import ts from 'typescript';
import { nodesOf, placeOf, type Place, type Source } from './sources.js';

export const linesOf = ({ text }: Source): number => text.split('\n').length - Number(text.endsWith('\n'));

/** Files of more than so many lines, the longest first. */
export function longFiles(sources: Source[], most: number): Place[] {
  return sources
    .filter(source => linesOf(source) > most)
    .sort((a, b) => linesOf(b) - linesOf(a))
    .map(source => ({ path: source.path, line: 1, what: `${linesOf(source)} lines` }));
}

/** The functions of these files with their lines, the longest first. */
export function longestFunctions(sources: Source[]): { lines: number; place: Place }[] {
  return sources
    .flatMap(source =>
      nodesOf(source)
        .filter(node => ts.isFunctionLike(node))
        .map(node => {
          const lines = node.getText(source.tree).split('\n').length;
          return { lines, place: placeOf(source, node, `${lines} lines: ${node.getText(source.tree)}`) };
        }),
    )
    .sort((a, b) => b.lines - a.lines);
}
