import { glob, readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import ts from 'typescript';
import type { Deprecation } from '#apis';
import { WrongUse } from '../command.js';

/** What goes away of an API, by its major version. */
export type ByVersion = Readonly<Record<string, readonly Deprecation[]>>;

/** Where an API's deprecations are, in the checkout. */
export const moduleOf = (api: string): string => `libs/apis/src/${api}/deprecations.ts`;

/** Reads the literal entries of such a module; throws `WrongUse` for what is no literal. */
export function readModule(file: string, text: string): ByVersion {
  const refuse = (): never => {
    throw new WrongUse(`${file} has what this command doesn't write: its entries are literals`);
  };
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest);
  const declared = source.statements
    .filter(ts.isVariableStatement)
    .flatMap(statement => statement.declarationList.declarations)
    .find(({ name }) => ts.isIdentifier(name) && name.text === 'deprecations')?.initializer;
  return membersOf(declared && bare(declared), list => {
    if (!ts.isArrayLiteralExpression(list)) return refuse();
    return list.elements.map(element => membersOf(element, valueOf) as unknown as Deprecation);
  });

  function membersOf<T>(node: ts.Expression | undefined, read: (value: ts.Expression) => T): Record<string, T> {
    if (!node || !ts.isObjectLiteralExpression(node)) return refuse();
    return Object.fromEntries(
      node.properties.map(property => {
        if (!ts.isPropertyAssignment(property) || ts.isComputedPropertyName(property.name)) return refuse();
        return [property.name.text, read(property.initializer)];
      }),
    );
  }

  /** A text, or `field(LineView, 'workerName')` as `LineView.workerName`. */
  function valueOf(node: ts.Expression): string {
    if (ts.isStringLiteralLike(node)) return node.text;
    if (!ts.isCallExpression(node)) return refuse();
    const [schema, field] = node.arguments;
    return schema && field && ts.isIdentifier(schema) && ts.isStringLiteralLike(field) ? `${schema.text}.${field.text}` : refuse();
  }
}

/** What is within `… as const satisfies Deprecations`. */
function bare(node: ts.Expression): ts.Expression {
  return ts.isSatisfiesExpression(node) || ts.isAsExpression(node) ? bare(node.expression) : node;
}

/** The module of these deprecations, as it is written: a field's class is imported, so that the compiler checks it. */
export async function writtenModule(top: string, api: string, deprecations: ByVersion): Promise<string> {
  const imports = new Map<string, string>();
  const entries: string[] = [];
  for (const [version, list] of Object.entries(deprecations)) {
    const written = await Promise.all(list.map(one => entryOf(one, name => classFile(top, api, name), imports)));
    entries.push(`${version}: [${written.join(', ')}],`);
  }
  const named = Map.groupBy(imports.entries(), ([, file]) => file).entries();
  const lines = new Map(
    [...named].map(([file, names]) => [
      file,
      `import { ${names
        .map(([name]) => name)
        .sort()
        .join(', ')} } from '${file}';`,
    ]),
  );
  lines.set('../deprecation.js', `import ${lines.size > 0 ? '{ field, type Deprecations }' : 'type { Deprecations }'} from '../deprecation.js';`);
  const text = [
    ...[...lines].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, line]) => line),
    '',
    '/** What goes away, by version. Written by `npm run api -- deprecate`. */',
    `export const deprecations = {\n${entries.join('\n')}\n} as const satisfies Deprecations;`,
    '',
  ].join('\n');
  const filepath = join(top, moduleOf(api));
  return format(text, { ...(await resolveConfig(filepath)), filepath });
}

async function entryOf(one: Deprecation, fileOf: (schema: string) => Promise<string | undefined>, imports: Map<string, string>): Promise<string> {
  const [schema = '', name] = one.of.split('.');
  const file = name === undefined ? undefined : await fileOf(schema);
  if (file) imports.set(schema, file);
  const of = file ? `field(${schema}, ${JSON.stringify(name)})` : JSON.stringify(one.of);
  const rest = (['since', 'sunset', 'successor', 'why'] as const).flatMap(key =>
    one[key] === undefined ? [] : [`${key}: ${JSON.stringify(one[key])}`],
  );
  return `{\n${[`of: ${of}`, ...rest].join(',\n')} }`;
}

/** From where the class of a schema is imported; undefined of a schema that no class makes, as those of GraphQL. */
async function classFile(top: string, api: string, schema: string): Promise<string | undefined> {
  const declares = new RegExp(`^export class ${schema}\\b`, 'm');
  for (const pattern of [`libs/apis/src/${api}/*.ts`, 'libs/apis/src/*.ts', 'libs/apis/src/*/*.ts', 'libs/canonical/src/*.ts']) {
    for (const file of (await Array.fromAsync(glob(pattern, { cwd: top }))).sort()) {
      if (file.endsWith('.spec.ts') || !declares.test(await readFile(join(top, file), 'utf8'))) continue;
      return importOf(api, file);
    }
  }
  return undefined;
}

function importOf(api: string, file: string): string {
  if (file.startsWith('libs/canonical/')) return '#canonical';
  const [module, folder] = [basename(file).replace(/\.ts$/, '.js'), basename(dirname(file))];
  if (folder === api) return `./${module}`;
  return folder === 'src' ? `../${module}` : `../${folder}/${module}`;
}
