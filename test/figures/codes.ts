import ts from 'typescript';
import { namesIn, nodesOf, placeOf, textsOf, type Place, type Source } from './sources.js';

/**
 * Codes of what people read that are put together from parts or cast, so that the compiler sees neither a code without a sentence nor a
 * sentence without a code. `codes`: those that have one.
 */
export function builtCodes(sources: Source[], codes: readonly string[]): Place[] {
  return sources.flatMap(source => {
    const built = textsOf(source).filter(({ pieces }) => pieces.length > 1);
    const nodes = [
      ...built.filter(({ node, pieces }) => isCodeOfMessage(node) || (!isName(node) && isLike(pieces, codes))).map(({ node }) => node),
      ...nodesOf(source).filter(node => ts.isAsExpression(node) && node.type.getText() !== 'const' && isCodeOfMessage(node)),
    ];
    return nodes.map(node => placeOf(source, node));
  });
}

/** `{ code: …, params }` or `{ kind: …, params }`, also behind a condition. */
function isCodeOfMessage(node: ts.Node): boolean {
  let value = node;
  while (ts.isConditionalExpression(value.parent) && value.parent.condition !== value) value = value.parent;
  const { parent } = value;
  return ts.isPropertyAssignment(parent) && ['code', 'kind'].includes(parent.name.getText()) && namesIn(parent.parent).includes('params');
}

/** `{ field: 'deal.' + name }` names a field, and so does what is looked for in a list; some codes begin as fields do. */
function isName({ parent }: ts.Node): boolean {
  if (ts.isPropertyAssignment(parent)) return parent.name.getText() === 'field';
  return ts.isCallExpression(parent) && ts.isPropertyAccessExpression(parent.expression) && parent.expression.name.text === 'includes';
}

/** Whether some code that has a sentence may come of these pieces, of which the first says what it is about: `cure.${noun}`. */
function isLike(pieces: string[], codes: readonly string[]): boolean {
  if (!pieces.every(piece => /^[\w.-]*$/.test(piece)) || !/^[a-z-]+\./.test(pieces[0])) return false;
  const pattern = new RegExp(`^${pieces.map(piece => piece.replaceAll('.', '\\.')).join('.+')}$`);
  return codes.some(code => pattern.test(code));
}
