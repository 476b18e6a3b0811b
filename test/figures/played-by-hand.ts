import ts from 'typescript';
import { isTest, nodesOf, placeOf, type Place, type Source } from './sources.js';

/** The apps that call others. A system app's specs may serve what they like: they play vendors, and no app. */
const CALLERS = /^apps\/(process|experience)\//;
const SERVERS = new Set(['testServer', 'createServer']);

/** Servers by which specs play other apps without their definitions: what they answer is compared with nothing. */
export function playedByHand(sources: Source[]): Place[] {
  return sources
    .filter(({ path }) => isTest(path) && CALLERS.test(path))
    .flatMap(source =>
      nodesOf(source)
        .filter(node => ts.isCallExpression(node) && SERVERS.has(node.expression.getText()))
        .map(node => placeOf(source, node)),
    );
}
