import { execFileSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { SeedResult } from './seed-run.js';

const DIST = join(import.meta.dirname, '../../..');
const TOP = join(DIST, '..');

/** What was run: a commit, or a tree that differs from one and then this build of it. */
export interface Tree {
  commit: string;
  clean: boolean;
  built: number;
}

export function treeNow(): Tree {
  const git = (...args: string[]) => execFileSync('git', args, { cwd: TOP, encoding: 'utf8' }).trim();
  try {
    return { commit: git('rev-parse', '--short=12', 'HEAD'), clean: git('status', '--porcelain') === '', built: builtAt() };
  } catch {
    return { commit: 'no repository', clean: false, built: builtAt() };
  }
}

/** When the compiled tree was made; another one under a run would make it a run of two. */
export const builtAt = (): number => {
  const stamp = join(DIST, '.built');
  return existsSync(stamp) ? statSync(stamp).mtimeMs : 0;
};

export const nameOf = ({ commit, clean, built }: Tree): string => (clean ? commit : `${commit} with changes, built ${new Date(built).toISOString()}`);

export interface Record {
  result: SeedResult;
  /** Of a failed seed: how its reruns went, `P` or `F` each. */
  history?: string;
}

/** The seeds that were run on one tree, a line each, so that a run that was interrupted goes on where it was. */
export class RunState {
  readonly #file: string;
  readonly records = new Map<number, Record>();

  constructor(tree: Tree, folder = join(TOP, '.data', 'faults')) {
    const name = tree.clean ? tree.commit : `${tree.commit}-${Math.round(tree.built)}`;
    this.#file = join(folder, `${name.replaceAll(/\W+/g, '-')}.jsonl`);
    if (!existsSync(this.#file)) return;
    for (const line of readFileSync(this.#file, 'utf8').split('\n').filter(Boolean)) {
      const record = parsed(line);
      if (record) this.records.set(record.result.seed, record);
    }
  }

  get file(): string {
    return this.#file;
  }

  keep(record: Record): void {
    mkdirSync(dirname(this.#file), { recursive: true });
    this.records.set(record.result.seed, record);
    appendFileSync(this.#file, `${JSON.stringify(record)}\n`);
  }
}

/** The last line may be half a line: the run was killed at it. */
function parsed(line: string): Record | undefined {
  try {
    return JSON.parse(line) as Record;
  } catch {
    return undefined;
  }
}
