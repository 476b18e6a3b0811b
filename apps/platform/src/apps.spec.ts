import { globSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { REFERENCES } from './issuer/sample-identities.js';

interface Project {
  root: string;
  sourceRoot: string;
  entryFile: string;
  compilerOptions: { tsConfigPath: string };
}

const TOP = resolve(import.meta.dirname, '../../..');
const nest = JSON.parse(readFileSync(join(TOP, 'nest-cli.json'), 'utf8')) as Pick<Project, 'root' | 'sourceRoot'> & {
  projects: Record<string, Project>;
};
const files = globSync('{apps/**/src/**/*.ts,tsconfig.json}', { cwd: TOP });
/** The folder of every app: a folder with its own sources. */
const folders = globSync('apps/{*,*/*}/src', { cwd: TOP }).map(dirname).sort();

/**
 * The folders of the listed apps, from the list's imports: loading all apps would take longer than
 * this whole comparison.
 */
const listed = [...readFileSync(join(import.meta.dirname, 'apps.ts'), 'utf8').matchAll(/from '\.\.\/\.\.\/(.+)\/src\/[^/]+\.app\.js'/g)].map(
  ([, folder]) => `apps/${folder}`,
);

/** What hosts the apps, and the vendors' stand-ins: programs that are not apps. */
const HOSTS = ['apps/platform', 'apps/sandbox'];

describe('the list of apps', () => {
  it('contains the folders of apps/system, apps/process and apps/experience', () => {
    expect([...listed, ...HOSTS].sort()).toEqual(folders);
  });
});

describe('the public client of the reference pages', () => {
  it('may be led back to the page of every app', () => {
    const layered = listed.map(folder => `/${folder.slice('apps/'.length)}`);
    expect([...REFERENCES].sort()).toEqual([...layered].sort());
  });
});

describe('nest-cli.json', () => {
  it('has a project for each of them, by its name', () => {
    expect(Object.entries(nest.projects).map(([name, { root }]) => `${name}: ${root}`)).toEqual(
      expect.arrayContaining(folders.map(folder => `${folder.split('/').at(-1)}: ${folder}`)),
    );
    expect(Object.keys(nest.projects)).toHaveLength(folders.length);
  });

  it('names existing sources, entries and compiler options', () => {
    for (const [name, { root, sourceRoot, entryFile, compilerOptions }] of Object.entries(nest.projects)) {
      expect(sourceRoot, name).toBe(`${root}/src`);
      expect(files, name).toContain(`${sourceRoot}/${entryFile}.ts`);
      expect(files, name).toContain(compilerOptions.tsConfigPath);
    }
  });

  it('starts the platform where no project is named', () => {
    const { root, sourceRoot } = nest.projects.platform;
    expect({ root: nest.root, sourceRoot: nest.sourceRoot }).toEqual({ root, sourceRoot });
  });
});
