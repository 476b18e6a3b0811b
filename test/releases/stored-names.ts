import { globSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import ts from 'typescript';

/** Kind -> the names of that kind that are in databases and at vendors. What differs from one to the next is `*`: `project:*:time-allowed`. */
export type StoredNames = Record<string, string[]>;

/** Where names are made that outlive a process. */
const PRODUCT = ['apps/{system,process,experience}/**/*.ts', 'libs/**/*.ts'];
const APART = /\.(spec|fixture|contract|conformance)\.ts$|^libs\/testing\//;

/** Reads the names off the sources of a tree, so that an earlier tree can be read as this one is. */
export function storedNames(top: string): StoredNames {
  const files = globSync(PRODUCT, { cwd: top })
    .map(path => path.split(sep).join('/'))
    .filter(path => !APART.test(path))
    .sort();
  const tree = new Tree(files.map(path => ts.createSourceFile(path, readFileSync(join(top, path), 'utf8'), ts.ScriptTarget.Latest, true)));
  const found = new Map<string, Set<string>>();
  tree.each((node, path) => {
    for (const [kind, names] of Object.entries(KINDS))
      for (const name of names(node, tree, path)) if (/[^*:]/.test(name)) found.set(kind, (found.get(kind) ?? new Set()).add(name));
  });
  return Object.fromEntries(Object.keys(KINDS).map(kind => [kind, [...(found.get(kind) ?? [])].sort()]));
}

type Names = (node: ts.Node, tree: Tree, path: string) => string[];

const KINDS: Record<string, Names> = {
  /** `subscribe({ name, types, ... })`, or the parts of a read model, `{ name, types, apply, ... }`: a cursor in the log. */
  subscriptions: (node, tree) => {
    if (called(node) === 'subscribe') return tree.texts(member(argument(node, 0), 'name'));
    const isPart = ts.isObjectLiteralExpression(node) && member(node, 'types') && member(node, 'apply');
    return isPart ? tree.texts(member(node, 'name')) : [];
  },
  /** A flow's name, by its app: of its workflow, its queue and its lanes. */
  flows: (node, _, path) =>
    ts.isVariableDeclaration(node) && path.endsWith('/flows/index.ts') && node.name.getText() === 'flows'
      ? members(node.initializer).map(name => `${path.split('/')[2]}.${name}`)
      : [],
  /** The lane of an exception's turn. */
  lanes: (node, tree) => (ts.isPropertyAssignment(node) && node.name.getText() === 'subscription' ? tree.texts(node.initializer) : []),
  /** By which a flow that goes on finds what it has done. */
  steps: (node, tree, path) => {
    if (!/\/flows\/|^libs\/flow\//.test(path)) return [];
    if (called(node) === '#journaled') return tree.texts(argument(node, 1));
    return ['step', 'apply', 'each', 'publish'].includes(called(node) ?? '') ? tree.texts(argument(node, 0)) : [];
  },
  events: (node, _, path) => (/^libs\/apis\/(.+\/)?events\.ts$/.test(path) && called(node) === 'defineEvents' ? members(argument(node, 1)) : []),
  /** Of the sentences that people read: journeys and exceptions keep the codes. */
  messages: (node, _, path) =>
    /^libs\/(apis|canonical)\/(.+\/)?messages\.en\.ts$/.test(path) && ts.isVariableDeclaration(node) ? members(node.initializer) : [],
  needs: (node, tree) => {
    if (called(node) === 'defineNeed') return needPatterns(argument(node, 0), argument(node, 1));
    if (ts.isPropertyAssignment(node) && node.name.getText() === 'need') return tree.texts(node.initializer).filter(name => name.includes(':'));
    const { parent } = node;
    const isNeed = ts.isVariableDeclaration(parent)
      ? parent.name.getText().endsWith('Need')
      : ts.isPropertyAssignment(parent) && ts.isVariableDeclaration(parent.parent.parent) && parent.parent.parent.name.getText() === 'needs';
    return isNeed && ts.isArrowFunction(node) ? tree.texts(node.body) : [];
  },
  /** What our ids are made of, and how they begin. */
  ids: (node, tree) => {
    if (ts.isVariableDeclaration(node) && node.name.getText() === 'PREFIXES')
      return tree.pairs(node.initializer).map(([noun, prefix]) => `${noun} begins ${prefix}_`);
    if (called(node) !== 'mintId' || !ts.isCallExpression(node)) return [];
    return node.arguments.reduce<string[]>(
      (all, part) => all.flatMap(before => tree.texts(part, '*').map(text => `${before}${before && ':'}${text}`)),
      [''],
    );
  },
  /** What names a transaction of ours at the ERP. */
  externalIds: (node, tree) => {
    if (ts.isFunctionDeclaration(node) && node.name?.text === 'externalIdOf')
      return node.body!.statements.flatMap(each => (ts.isReturnStatement(each) ? tree.texts(each.expression) : []));
    return ts.isVariableDeclaration(node) && node.name.getText() === 'reversalIdOf' && ts.isArrowFunction(node.initializer!)
      ? tree.texts(node.initializer.body)
      : [];
  },
  /** By which a write to a vendor is known when it is asked for again. */
  writeKeys: (node, tree) =>
    ['write', '#withLease'].includes(called(node) ?? '') ? tree.texts(argument(node, 0)).filter(name => /^[a-z*-]+:/.test(name)) : [],
  /** Whose cursor it is: the back end, the feed and the noun of its shadows. */
  feeds: (node, tree, path) => {
    if (!ts.isObjectLiteralExpression(node) || !member(node, 'events')) return [];
    const [name] = tree.texts(member(node, 'name'));
    const [noun] = tree.texts(member(node, 'noun'));
    return name && noun && path.startsWith('apps/system/') ? [`${path.split('/')[2]} ${name} ${noun}`] : [];
  },
  /** Where things are set aside. */
  places: (node, tree) => {
    if (!ts.isVariableDeclaration(node) || !node.initializer) return [];
    const text = ts.isArrowFunction(node.initializer) ? node.initializer.body : node.initializer;
    return ts.isStringLiteral(text) || ts.isTemplateExpression(text) ? tree.texts(text).filter(name => /^(job|feed|reader) \S+$/.test(name)) : [];
  },
  /** What processes of different releases lock each other out by. */
  locks: (node, tree) => {
    if (!ts.isCallExpression(node)) return [];
    const [sql] = tree.texts(argument(node, 0));
    const key = /advisory_(?:xact_)?(?:lock|try_lock)\w*\((.*?)\)(?:\s|$)/.exec(sql ?? '')?.[1];
    if (key === undefined) return [];
    const values = argument(node, 1);
    return (values && ts.isArrayLiteralExpression(values) && key.includes('$1') ? tree.texts(values.elements[0], '*') : ['']).map(value =>
      key.replace('$1', value),
    );
  },
};

/** `project:{projectId}:{what}`, and by each value of what is wanted where each has its own cure. */
function needPatterns(pattern: ts.Node | undefined, declared: ts.Node | undefined): string[] {
  if (!pattern || !ts.isStringLiteral(pattern)) return [];
  const cures = declared && member(declared, 'cure');
  const values = cures && ts.isObjectLiteralExpression(cures) ? members(cures) : [];
  return [pattern.text, ...values.map(value => pattern.text.replace(/\{[^}]+\}$/, value))].map(text => text.replaceAll(/\{[^}]+\}/g, '*'));
}

const nameText = (name: ts.PropertyName | undefined): string => (name && (ts.isStringLiteral(name) || ts.isIdentifier(name)) ? name.text : '');

/** The name by which a call calls: `step` of `run.step(...)` and of `step(...)`. */
function called(node: ts.Node): string | undefined {
  if (!ts.isCallExpression(node)) return undefined;
  const { expression } = node;
  if (ts.isPropertyAccessExpression(expression)) return expression.name.text;
  return ts.isIdentifier(expression) ? expression.text : undefined;
}

const argument = (node: ts.Node, at: number): ts.Node | undefined => (ts.isCallExpression(node) ? node.arguments[at] : undefined);

const literal = (node: ts.Node | undefined): ts.ObjectLiteralExpression | undefined => {
  if (node && (ts.isAsExpression(node) || ts.isSatisfiesExpression(node))) return literal(node.expression);
  return node && ts.isObjectLiteralExpression(node) ? node : undefined;
};

function member(node: ts.Node | undefined, name: string): ts.Node | undefined {
  const found = literal(node)?.properties.find(property => nameText(property.name) === name);
  return found && ts.isPropertyAssignment(found) ? found.initializer : found;
}

const members = (node: ts.Node | undefined): string[] => literal(node)?.properties.map(({ name }) => nameText(name)) ?? [];

class Tree {
  /** Constants of modules by name, with where each is. */
  readonly #constants = new Map<string, Map<string, ts.Expression>>();

  constructor(private readonly files: ts.SourceFile[]) {
    for (const file of files)
      for (const statement of file.statements)
        if (ts.isVariableStatement(statement))
          for (const { name, initializer } of statement.declarationList.declarations)
            if (ts.isIdentifier(name) && initializer)
              this.#constants.set(name.text, (this.#constants.get(name.text) ?? new Map()).set(file.fileName, initializer));
  }

  each(visit: (node: ts.Node, path: string) => void): void {
    for (const file of this.files) {
      const go = (node: ts.Node): void => {
        visit(node, file.fileName);
        ts.forEachChild(node, go);
      };
      ts.forEachChild(file, go);
    }
  }

  pairs(node: ts.Node | undefined): [string, string][] {
    return members(node).flatMap(name => this.texts(member(node, name)).map((text): [string, string] => [name, text]));
  }

  /** Every text that an expression can come to; `*` stands for what only a run knows. Of what is all unknown, `unknown` or nothing. */
  texts(node: ts.Node | undefined, unknown?: string): string[] {
    const none = unknown === undefined ? [] : [unknown];
    if (!node) return none;
    if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) return [node.text];
    if (ts.isNumericLiteral(node)) return [String(Number(node.text.replaceAll('_', '')))];
    if (ts.isParenthesizedExpression(node) || ts.isAsExpression(node)) return this.texts(node.expression, unknown);
    if (ts.isConditionalExpression(node)) return [...this.texts(node.whenTrue, unknown), ...this.texts(node.whenFalse, unknown)];
    if (ts.isTemplateExpression(node))
      return node.templateSpans.reduce(
        (all, { expression, literal: { text } }) => all.flatMap(before => this.texts(expression, '*').map(middle => `${before}${middle}${text}`)),
        [node.head.text],
      );
    if (called(node) === 'cutText') return this.texts(argument(node, 0), unknown);
    const constant = this.#constant(node);
    return constant ? this.texts(constant, unknown) : none;
  }

  /** What a name stands for: a constant of its own file, or the one that bears this name alone; or a member of such. */
  #constant(node: ts.Node): ts.Node | undefined {
    if (ts.isPropertyAccessExpression(node))
      return ts.isIdentifier(node.expression) ? member(this.#constant(node.expression), node.name.text) : undefined;
    if (!ts.isIdentifier(node) || isBound(node)) return undefined;
    const there = this.#constants.get(node.text);
    return there?.get(node.getSourceFile().fileName) ?? (there?.size === 1 ? [...there.values()][0] : undefined);
  }
}

/** Whether a name is a parameter or a variable of a function around it, and so hides what has it outside. */
function isBound(name: ts.Identifier): boolean {
  for (let at: ts.Node = name; !ts.isSourceFile(at); at = at.parent) {
    if (ts.isFunctionLike(at) && at.parameters.some(parameter => parameter.name.getText().split(/\W+/).includes(name.text))) return true;
  }
  return false;
}
