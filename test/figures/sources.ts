import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

/** A file of the tree with its syntax tree. */
export interface Source {
  path: string;
  text: string;
  tree: ts.SourceFile;
}

/** Where something that is counted stands. */
export interface Place {
  path: string;
  line: number;
  what: string;
}

const TESTS = /\.(spec|conformance|fixture|e2e|bench)\.ts$|^libs\/testing\/|^test\//;

/** Test code: shipped to nobody, so most figures leave it out. */
export const isTest = (path: string): boolean => TESTS.test(path);

export function sourceOf(path: string, text: string): Source {
  return { path, text, tree: ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true) };
}

/** Every TypeScript file of the checkout. */
export function readSources(top: string): Source[] {
  return globSync('{apps,libs,openapi,test}/**/*.ts', { cwd: top })
    .sort()
    .map(path => sourceOf(path, readFileSync(join(top, path), 'utf8')));
}

/** Every node of a file, outer ones before inner ones. */
export function nodesOf({ tree }: Source): ts.Node[] {
  const nodes: ts.Node[] = [];
  const visit = (node: ts.Node): void => {
    nodes.push(node);
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return nodes;
}

export function placeOf({ path, tree }: Source, node: ts.Node, what = node.getText(tree)): Place {
  const oneLine = what.replace(/\s+/g, ' ');
  return {
    path,
    line: tree.getLineAndCharacterOfPosition(node.getStart(tree)).line + 1,
    what: oneLine.length > 80 ? `${oneLine.slice(0, 79)}…` : oneLine,
  };
}

/** The pieces of a text that stand in the code, with `''` for none, between what is computed: `['cure.', '']`. Undefined where there is no text. */
function piecesOf(node: ts.Node): string[] | undefined {
  if (ts.isStringLiteralLike(node)) return [node.text];
  if (ts.isTemplateExpression(node)) return [node.head.text, ...node.templateSpans.map(({ literal }) => literal.text)];
  if (ts.isParenthesizedExpression(node)) return piecesOf(node.expression);
  if (!ts.isBinaryExpression(node) || node.operatorToken.kind !== ts.SyntaxKind.PlusToken) return undefined;
  const [left, right] = [piecesOf(node.left), piecesOf(node.right)];
  if (!left && !right) return undefined;
  const [before, after] = [left ?? ['', ''], right ?? ['', '']];
  return [...before.slice(0, -1), before.at(-1)! + after[0], ...after.slice(1)];
}

/** The texts of a file, each whole: no piece of a longer one. */
export function textsOf(source: Source): { node: ts.Node; pieces: string[] }[] {
  return nodesOf(source).flatMap(node => {
    const pieces = piecesOf(node);
    return pieces && !(ts.isBinaryExpression(node.parent) && piecesOf(node.parent)) ? [{ node, pieces }] : [];
  });
}

/** The names that an object, its pattern or its type has of its own. */
export function namesIn(node: ts.Node): string[] {
  if (ts.isObjectLiteralExpression(node)) return named(node.properties);
  if (ts.isObjectBindingPattern(node)) return node.elements.map(({ propertyName, name }) => (propertyName ?? name).getText());
  if (ts.isInterfaceDeclaration(node) || ts.isTypeLiteralNode(node) || ts.isClassDeclaration(node)) return named(node.members);
  return [];
}

const named = (members: ts.NodeArray<ts.ObjectLiteralElementLike | ts.TypeElement | ts.ClassElement>): string[] =>
  members.flatMap(({ name }) => (name && (ts.isIdentifier(name) || ts.isStringLiteral(name)) ? [name.text] : []));
