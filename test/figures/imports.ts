import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { isTest, type Place } from './sources.js';

/** A file and what it imports, as dependency-cruiser's JSON says it. */
export interface Module {
  source: string;
  dependencies: { resolved: string; circular: boolean; cycle?: { name: string }[] }[];
}

const CRUISER = 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs';

/** By the rules of `npm run boundaries`. A rule that is broken is that command's business: its findings are in the JSON and its exit code says so. */
export function cruise(top: string): Promise<Module[]> {
  const args = [join(top, CRUISER), '--config', '.dependency-cruiser.cjs', '--output-type', 'json', 'apps', 'libs', 'openapi', 'test'];
  return new Promise((done, fail) => {
    execFile(process.execPath, args, { cwd: top, maxBuffer: 256 * 1024 * 1024 }, (error, stdout, stderr) => {
      if (stdout.startsWith('{')) done((JSON.parse(stdout) as { modules: Module[] }).modules);
      else fail(new Error(`dependency-cruiser answered no JSON: ${stderr || String(error)}`));
    });
  });
}

/** From one folder under `root` to another: at least one file of the one imports a file of the other. */
export interface Arrow {
  from: string;
  to: string;
  place: Place;
}

/** The arrows between the folders of `root`. What lies in `root` itself wires them and is no folder. */
export function arrowsBetween(modules: Module[], root: string): Arrow[] {
  const folderOf = (path: string): string | undefined =>
    path.startsWith(root) && path.slice(root.length).includes('/') ? path.slice(root.length).split('/')[0] : undefined;
  const arrows = new Map<string, Arrow>();
  for (const { source, dependencies } of modules) {
    const from = folderOf(source);
    if (!from || isTest(source)) continue;
    for (const { resolved } of dependencies) {
      const to = folderOf(resolved);
      if (!to || to === from || arrows.has(`${from} ${to}`)) continue;
      arrows.set(`${from} ${to}`, { from, to, place: { path: source, line: 1, what: `${from} -> ${to} (${resolved.slice(root.length)})` } });
    }
  }
  return [...arrows.values()].sort((a, b) => a.from.localeCompare(b.from) || a.to.localeCompare(b.to));
}

/** Arrows to a folder that stands higher. `storeys` names every folder, the lowest first. */
export function backArrows(arrows: Arrow[], storeys: readonly string[]): Arrow[] {
  const unknown = new Set(arrows.flatMap(({ from, to }) => [from, to]).filter(folder => !storeys.includes(folder)));
  if (unknown.size > 0) throw new Error(`no storey is stated for ${[...unknown].join(', ')}`);
  return arrows.filter(({ from, to }) => storeys.indexOf(from) < storeys.indexOf(to));
}

/** Folders that import each other: one of the two arrows of each pair. */
export function mutualArrows(arrows: Arrow[]): Arrow[] {
  const present = new Set(arrows.map(({ from, to }) => `${from} ${to}`));
  return arrows.filter(({ from, to }) => from < to && present.has(`${to} ${from}`));
}

/** Circles of files. `npm run boundaries` refuses those that exist at run time, so that these pass through an import of types only. */
export function circles(modules: Module[]): Place[] {
  const found = new Map<string, Place>();
  for (const { cycle } of modules.flatMap(({ dependencies }) => dependencies)) {
    if (!cycle) continue;
    const files = cycle.map(({ name }) => name);
    const first = files.indexOf([...files].sort()[0]);
    const inOrder = [...files.slice(first), ...files.slice(0, first)];
    found.set(inOrder.join(' '), { path: inOrder[0], line: 1, what: inOrder.slice(1).join(' -> ') });
  }
  return [...found.values()];
}
