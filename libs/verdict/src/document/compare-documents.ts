import { reportOf, type Change, type Report, type Severity } from '../change.js';
import { CALLED, Comparing, turned } from './comparing.js';
import { found, ofOperation } from './found.js';
import { removalOf } from './lifecycle.js';
import { audienceOf, compareMarks } from './marks.js';
import { OpenDocument, paired, pairedEntries, sameJson, type Part } from './open-document.js';
import { compareDelivered, compareOperation, operationsOf, type Surroundings } from './operations.js';
import { matchPaths, slashChanged } from './paths.js';
import { compareSecuritySchemes, schemeNames } from './security-schemes.js';
import { schemesUsed } from './security.js';
import { compareServers } from './servers.js';
import { compareVersions, growthFor } from './versions.js';
import { compareWording } from './wording.js';

const SEVERITIES: readonly Severity[] = ['breaking', 'warning', 'info'];

/**
 * What changed from one OpenAPI document (3.0 or 3.1, parsed and bundled) to the next, the gravest
 * first, and what it means for those who call the API today. `asOf` (`YYYY-MM-DD`) is the day that
 * announced ends are measured by. Throws a `DocumentError` for what is no such document.
 */
export function compareDocuments(base: unknown, revision: unknown, { asOf }: { asOf: string }): Report {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(asOf) || Number.isNaN(Date.parse(asOf)))
    throw new RangeError(`asOf has to be a day (YYYY-MM-DD) and is "${asOf}".`);
  const comparing = new Comparing(new OpenDocument('base', base), new OpenDocument('revision', revision), asOf);
  const changes = [...compareRoots(comparing), ...compareCalls(comparing)];
  const [info, newInfo] = [comparing.base.root, comparing.revision.root].map(root => root.need('info'));
  return reportOf(inOrder([...changes, ...compareVersions(info, newInfo, growthFor(changes))]));
}

/** By severity, operation, pointer and id; what is told of one place twice stands once. */
function inOrder(changes: Change[]): Change[] {
  const once = new Map(changes.map(change => [JSON.stringify([change.id, change.operation, change.pointer, change.text]), change]));
  const compare = (a: string, b: string): number => (a < b ? -1 : Number(a > b));
  return [...once.values()].sort(
    (a, b) =>
      SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) ||
      compare(a.operation ?? '', b.operation ?? '') ||
      compare(a.pointer, b.pointer) ||
      compare(a.id, b.id) ||
      compare(a.text, b.text),
  );
}

/** What belongs to no single operation. */
function compareRoots({ base, revision, asOf }: Comparing): Change[] {
  const [root, newRoot] = [base.root, revision.root];
  const [info, newInfo] = [root.need('info'), newRoot.need('info')];
  const around = { notice: { audience: audienceOf(newInfo, newRoot), asOf } };
  const [dialect, newDialect] = [root, newRoot].map(part => part.text('jsonSchemaDialect'));
  return [
    ...(root.raw('openapi') === newRoot.raw('openapi')
      ? []
      : [found('openapi-version-changed', '/openapi', `The document was OpenAPI ${root.text('openapi')} and is ${newRoot.text('openapi')} now.`)]),
    ...(dialect === newDialect
      ? []
      : [
          found(
            'json-schema-dialect-changed',
            newRoot.pointerTo('jsonSchemaDialect'),
            `The dialect of the schemas was ${dialect ?? 'the default'} and is ${newDialect ?? 'the default'} now.`,
          ),
        ]),
    ...compareMarks(info, newInfo, 'the API', around),
    ...compareMarks(root, newRoot, 'the document', around),
    ...compareServers(root, newRoot, 'the API'),
  ];
}

/** Everything that is called: operations under paths, and webhooks, with the schemes by which callers prove who they are. */
function compareCalls(comparing: Comparing): Change[] {
  const surroundings: Surroundings = { comparing, schemeNames: schemeNames(comparing) };
  const { base, revision, asOf } = comparing;
  const [paths, newPaths] = [pathsOf(base), pathsOf(revision)];
  const used = new Set(
    [...paths.values()].flatMap(pathItem => [...operationsOf(pathItem).values()].flatMap(operation => schemesUsed(operation, base.root))),
  );
  const notice = { audience: audienceOf(revision.root.need('info'), revision.root), asOf };
  return [
    ...matchPaths([...paths.keys()], [...newPaths.keys()]).flatMap(([path, newPath]) => comparePath(path, newPath, paths, newPaths, surroundings)),
    ...compareWebhooks(surroundings),
    ...compareSecuritySchemes(comparing, surroundings.schemeNames, used, { notice }),
  ];
}

function pathsOf({ root }: OpenDocument): Map<string, Part> {
  const paths = new Map(root.get('paths')?.members());
  for (const pathItem of paths.values()) pathItem.fields();
  return paths;
}

function comparePath(
  path: string | undefined,
  newPath: string | undefined,
  paths: Map<string, Part>,
  newPaths: Map<string, Part>,
  surroundings: Surroundings,
): Change[] {
  const { comparing } = surroundings;
  const pathItem = path === undefined ? undefined : paths.get(path);
  const newPathItem = newPath === undefined ? undefined : newPaths.get(newPath);
  const slash = path !== undefined && newPath !== undefined && slashChanged(path, newPath);
  return [
    ...paired(operationsOf(pathItem), operationsOf(newPathItem)).flatMap(([method, before, now]): Change[] => {
      const operation = `${method} ${newPath ?? path}`;
      if (!now) return ofOperation(`${method} ${path}`, [removedOperation(before!, pathItem!, comparing)]);
      if (!before) return ofOperation(operation, [found('operation-added', now.pointer, 'The operation is new.')]);
      return ofOperation(operation, [
        ...(slash ? [found('path-trailing-slash-changed', now.pointer, `The path was ${path} and is ${newPath} now.`)] : []),
        ...compareOperation(
          { path: path!, pathItem: pathItem!, operation: before },
          { path: newPath!, pathItem: newPathItem!, operation: now },
          CALLED,
          surroundings,
        ),
      ]);
    }),
    ...(pathItem && newPathItem ? comparePathItem(pathItem, newPathItem, newPath!, comparing) : []),
  ];
}

function comparePathItem(base: Part, revision: Part, path: string, { asOf, revision: { root } }: Comparing): Change[] {
  if (sameJson(base.value, revision.value)) return [];
  const notice = { audience: audienceOf(revision, root.need('info'), root), asOf };
  return compareMarks(base, revision, `the path \`${path}\``, { notice });
}

const REMOVALS = {
  'after-sunset': { id: 'operation-removed-after-sunset', text: 'The operation is removed, as was announced.' },
  'before-sunset': { id: 'operation-removed-before-sunset', text: 'The operation is removed before its announced end.' },
  'without-sunset': { id: 'operation-removed-without-sunset', text: 'The operation is removed without an announced end.' },
  unannounced: { id: 'operation-removed', text: 'The operation is removed, and was never deprecated.' },
} as const;

function removedOperation(operation: Part, pathItem: Part, { base, asOf }: Comparing): Change {
  const { id, text } = REMOVALS[removalOf([operation, pathItem, base.root.need('info'), base.root], asOf)];
  return found(id, operation.pointer, text);
}

/** In 3.0 they are an extension, which tools read. */
const webhooksOf = ({ root }: OpenDocument): Part | undefined => root.get('webhooks') ?? root.get('x-webhooks');

function compareWebhooks(surroundings: Surroundings): Change[] {
  const { base, revision } = surroundings.comparing;
  return pairedEntries(webhooksOf(base), webhooksOf(revision)).flatMap(([name, before, now]) => {
    const what = `the webhook \`${name}\``;
    const operation = `${[...operationsOf(now ?? before).keys()][0] ?? 'POST'} ${name}`;
    if (!now) return before ? ofOperation(operation, [found('webhook-removed', before.pointer, `The webhook \`${name}\` is removed.`)]) : [];
    if (!before) return ofOperation(operation, [found('webhook-added', now.pointer, `The webhook \`${name}\` is new.`)]);
    return ofOperation(operation, [...compareDelivered(what, before, now, turned(CALLED), surroundings), ...compareWording(before, now, what)]);
  });
}
