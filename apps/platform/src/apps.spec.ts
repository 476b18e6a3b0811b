import { globSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

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
/** Every folder of an app: one that has sources of its own. */
const folders = globSync('apps/{*,*/*}/src', { cwd: TOP }).map(dirname).sort();

/** The folders of the apps in the list, by what it imports: to load them all would take longer than all that is compared here. */
const listed = [...readFileSync(join(import.meta.dirname, 'apps.ts'), 'utf8').matchAll(/from '\.\.\/\.\.\/(.+)\/src\/[^/]+\.app\.js'/g)].map(
  ([, folder]) => `apps/${folder}`,
);

/** What hosts the apps, and what stands in for the vendors: programs that are no apps of their own. */
const HOSTS = ['apps/platform', 'apps/sandbox'];

describe('the list of apps', () => {
  it('is the folders of apps/system, apps/process and apps/experience', () => {
    expect([...listed, ...HOSTS].sort()).toEqual(folders);
  });
});

describe('nest-cli.json', () => {
  it('has a project for each of them, by its name', () => {
    expect(Object.entries(nest.projects).map(([name, { root }]) => `${name}: ${root}`)).toEqual(
      expect.arrayContaining(folders.map(folder => `${folder.split('/').at(-1)}: ${folder}`)),
    );
    expect(Object.keys(nest.projects)).toHaveLength(folders.length);
  });

  it('names sources, entries and compiler options that are there', () => {
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
