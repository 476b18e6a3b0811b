import { glob } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Type } from '@nestjs/common';
import { settingsOf, type AppDefinition } from '#service';

/** The compiled tree this file runs from, and the checkout it was compiled from. */
export const DIST = resolve(import.meta.dirname, '..');
export const TOP = resolve(DIST, '..');

async function exportsOf(pattern: string): Promise<unknown[]> {
  const files: string[] = [];
  for await (const file of glob(pattern, { cwd: DIST })) files.push(file);
  const modules = await Promise.all(files.sort().map(file => import(pathToFileURL(join(DIST, file)).href) as Promise<Record<string, unknown>>));
  return modules.flatMap(module => Object.values(module));
}

const isDefinition = (value: unknown): value is AppDefinition =>
  typeof value === 'object' && value !== null && 'prefix' in value && 'module' in value && 'versions' in value;

/** Every app's definition: what `apps/<layer>/<name>/src/<name>.app.ts` exports. */
export async function appDefinitions(): Promise<AppDefinition[]> {
  const found = (await exportsOf('apps/{system,process,experience}/*/src/*.app.js')).filter(isDefinition);
  return [...new Map(found.map(def => [def.name, def])).values()];
}

/** The config classes (with `@Setting` fields) that files matching the pattern export. */
export async function configClasses(pattern: string): Promise<Type<object>[]> {
  const found = await exportsOf(pattern);
  return [...new Set(found.filter((value): value is Type<object> => typeof value === 'function' && settingsOf(value as Type<object>).length > 0))];
}
