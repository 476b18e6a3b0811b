import ts from 'typescript';
import { nodesOf, placeOf, type Place, type Source } from './sources.js';

/** `@Inject(Thing) thing: Thing`: the compiler's decorator metadata says the same. */
export function needlessInjects(sources: Source[]): Place[] {
  return sources.flatMap(source =>
    nodesOf(source)
      .filter(node => ts.isDecorator(node) && injectedBy(node) !== undefined && injectedBy(node) === typeOf(node.parent))
      .map(node => placeOf(source, node.parent)),
  );
}

function injectedBy({ expression }: ts.Decorator): string | undefined {
  if (!ts.isCallExpression(expression) || expression.expression.getText() !== 'Inject') return undefined;
  const [token] = expression.arguments;
  return token && ts.isIdentifier(token) ? token.text : undefined;
}

function typeOf(node: ts.Node): string | undefined {
  if (!ts.isParameter(node) && !ts.isPropertyDeclaration(node)) return undefined;
  return node.type && ts.isTypeReferenceNode(node.type) ? node.type.typeName.getText() : undefined;
}
