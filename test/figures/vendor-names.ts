import ts from 'typescript';
import { nodesOf, placeOf, type Place, type Source } from './sources.js';

/** Where vendors' names may stand, and why there. */
export interface Room {
  path: RegExp;
  why: string;
}

/** The vendors that there are: each has a folder, beside the port. */
export function vendorsOf(sources: Source[]): string[] {
  const folders = sources.map(({ path }) => /^apps\/system\/[^/]+\/src\/vendors\/(?!port\/)([^/]+)\//.exec(path)?.[1]);
  return [...new Set(folders.filter(folder => folder !== undefined))].sort();
}

/** Names of vendors in identifiers, texts and paths of imports outside of the rooms. Comments are no code and don't count. */
export function vendorNames(sources: Source[], vendors: string[], rooms: readonly Room[]): Place[] {
  const names = new RegExp(vendors.join('|'), 'i');
  return sources
    .filter(({ path }) => !rooms.some(room => room.path.test(path)))
    .flatMap(source =>
      nodesOf(source).flatMap(node => {
        const word = wordOf(node);
        return word !== undefined && names.test(word) ? [placeOf(source, node)] : [];
      }),
    );
}

function wordOf(node: ts.Node): string | undefined {
  if (ts.isIdentifier(node) || ts.isPrivateIdentifier(node) || ts.isStringLiteralLike(node)) return node.text;
  if (ts.isTemplateHead(node) || ts.isTemplateMiddle(node) || ts.isTemplateTail(node)) return node.text;
  return undefined;
}
