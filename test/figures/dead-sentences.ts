import ts from 'typescript';
import { isTest, nodesOf, placeOf, textsOf, type Place, type Source } from './sources.js';

const CATALOGUE = /^libs\/(?:canonical|apis)\/src\/(?:([^/]+)\/)?messages\.en\.ts$/;

/** Sentences whose code nobody says; of an app's, nobody in that app. */
export function deadSentences(sources: Source[]): Place[] {
  const product = sources.filter(({ path }) => !isTest(path) && !CATALOGUE.test(path));
  const said = product.map(source => ({
    path: source.path,
    codes: new Set(textsOf(source).flatMap(({ pieces }) => (pieces.length === 1 ? pieces : []))),
  }));
  return sources.flatMap(source => {
    const [isCatalogue, app] = CATALOGUE.exec(source.path) ?? [];
    if (!isCatalogue) return [];
    const speakers = said.filter(({ path }) => !app || new RegExp(`^apps/[^/]+/${app}/`).test(path));
    return sentences(source)
      .filter(({ name }) => ts.isStringLiteral(name) && !speakers.some(({ codes }) => codes.has(name.text)))
      .map(node => placeOf(source, node, node.name.getText()));
  });
}

/** What is said today; what earlier releases said stands beside it, for what they left. */
const sentences = (source: Source): ts.PropertyAssignment[] =>
  nodesOf(source)
    .filter(node => ts.isVariableDeclaration(node) && node.name.getText() === 'catalogue')
    .flatMap(declaration => nodesWithin(declaration));

function nodesWithin(node: ts.Node): ts.PropertyAssignment[] {
  if (ts.isPropertyAssignment(node)) return [node];
  const found: ts.PropertyAssignment[] = [];
  ts.forEachChild(node, child => void found.push(...nodesWithin(child)));
  return found;
}
