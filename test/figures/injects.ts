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

/** A constructor's type that is imported as a type only: metadata has no class for it then, and the app that injects it doesn't start. */
export function unseenInjects(sources: Source[]): Place[] {
  return sources.flatMap(source => {
    const types = typesOf(source);
    return nodesOf(source)
      .filter(node => ts.isParameter(node) && ts.isConstructorDeclaration(node.parent) && isDecorated(node.parent))
      .filter(node => !ts.getDecorators(node as ts.ParameterDeclaration)?.length && types.has(typeOf(node) ?? ''))
      .map(node => placeOf(source, node));
  });
}

/** Nest makes the class: it, or a parameter of its constructor, has a decorator. */
const isDecorated = ({ parent, parameters }: ts.ConstructorDeclaration): boolean =>
  [parent, ...parameters].some(node => (ts.getDecorators(node)?.length ?? 0) > 0);

/** Names that the file imports, or declares, as types only. */
function typesOf(source: Source): Set<string> {
  const names = nodesOf(source).flatMap(node => {
    if (ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node)) return [node.name.text];
    if (!ts.isImportClause(node) || !node.namedBindings || !ts.isNamedImports(node.namedBindings)) return [];
    const whole = node.getText().startsWith('type ');
    return node.namedBindings.elements.filter(element => whole || element.isTypeOnly).map(element => element.name.text);
  });
  return new Set(names);
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
