import ts from 'typescript';
import { nodesOf, placeOf, textsOf, type Place, type Source } from './sources.js';

const VERBS = new Set(['send']);
/** The path of an app's API, from its prefix to its version; `*` is what is computed. */
const API_PATH = /\/(system|process|experience)\/[^/\s]+\/v(\d|\*)/;

/** Where an app calls another by a path that it writes itself, and where it names such a path beside its calls. */
export function paths(sources: Source[]): Place[] {
  return sources.flatMap(source => {
    const own = /^apps\/((?:system|process|experience)\/[^/]+)\//.exec(source.path)?.[1];
    if (!source.path.startsWith('apps/')) return [];
    const nodes = nodesOf(source);
    const clients = new Set(nodes.flatMap(clientNamed));
    const calls = nodes.filter(node => ts.isCallExpression(node) && calledClient(node, clients));
    const named = textsOf(source).filter(({ node, pieces }) => {
      const path = pieces.join('*');
      return API_PATH.test(path) && !path.includes(`/${own}/`) && !calls.some(call => call.pos <= node.pos && node.end <= call.end);
    });
    return [...calls, ...named.map(({ node }) => node)].map(node => placeOf(source, node));
  });
}

/** The name that a client to other apps has in this file. */
function clientNamed(node: ts.Node): string[] {
  if (!ts.isParameter(node) && !ts.isPropertyDeclaration(node) && !ts.isVariableDeclaration(node)) return [];
  return node.type?.getText() === 'ApiClient' ? [node.name.getText()] : [];
}

function calledClient({ expression }: ts.CallExpression, clients: Set<string>): boolean {
  if (!ts.isPropertyAccessExpression(expression) || !VERBS.has(expression.name.text)) return false;
  const called = expression.expression;
  return clients.has(ts.isPropertyAccessExpression(called) ? called.name.text : called.getText());
}
