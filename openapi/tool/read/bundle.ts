import { posix } from 'node:path';
import { bundle } from '@apidevtools/json-schema-ref-parser';
import { WrongUse } from '../command.js';
import { MAX_BYTES } from './bounds.js';
import { dataOf, textOf } from './parse.js';
import { isData, referencesOf } from './references.js';
import type { Shelf } from './shelf.js';

/** Where the parser believes the document's folder to be. */
const FOLDER = '/folder';

/**
 * Reads a document and all files that it refers to, as one document whose references stay within
 * it. Only files below the document's folder are read: a reference to another place is refused by
 * its name, and nothing is ever fetched.
 */
export async function bundled(shelf: Shelf): Promise<Record<string, unknown>> {
  let bytes = 0;
  const text = async (path: string): Promise<string> => {
    const content = await shelf.read(path);
    bytes += content.length;
    if (bytes > MAX_BYTES)
      throw new WrongUse(`${shelf.name(shelf.main)} has more than ${MAX_BYTES / 1024 / 1024} MiB with the files that it refers to`);
    return textOf(shelf.name(path), content);
  };
  const main = dataOf(shelf.name(shelf.main), await text(shelf.main));
  if (typeof main !== 'object' || main === null || Array.isArray(main)) throw new WrongUse(`${shelf.name(shelf.main)} is not an API document`);
  if (!withinFolder(shelf, shelf.main, main)) return main as Record<string, unknown>;
  let refused: unknown;
  const keeping = async <T>(work: () => T | Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      refused ??= error;
      throw error;
    }
  };
  const pathOf = (url: string): string => decodeURIComponent(posix.relative(FOLDER, url));
  try {
    return (await bundle(`${FOLDER}/${shelf.main}`, main, {
      resolveExcludedPathMatcher: isData,
      bundle: { excludedPathMatcher: isData },
      resolve: { file: false, http: false, shelf: { order: 1, canRead: true, read: ({ url }: { url: string }) => keeping(() => text(pathOf(url))) } },
      parse: {
        json: false,
        yaml: false,
        text: false,
        binary: false,
        bounded: {
          order: 1,
          canParse: true,
          parse: ({ url, data }: { url: string; data: unknown }) =>
            keeping(() => {
              const parsed = dataOf(shelf.name(pathOf(url)), String(data));
              withinFolder(shelf, pathOf(url), parsed);
              return parsed;
            }),
        },
      },
    })) as Record<string, unknown>;
  } catch (error) {
    if (refused instanceof WrongUse) throw refused;
    throw new WrongUse(`${shelf.name(shelf.main)} can't be read: ${(error as Error).message.replaceAll(`${FOLDER}/`, '')}`);
  }
}

/** Whether a file refers to others; refuses it if any of them is not a file of the folder. */
function withinFolder(shelf: Shelf, path: string, data: unknown): boolean {
  let others = false;
  for (const reference of referencesOf(data)) {
    const [file = ''] = reference.split('#');
    if (file === '') continue;
    others = true;
    const why = foreign(path, file);
    if (why) throw new WrongUse(`${shelf.name(path)} refers to ${reference}: ${why}`);
  }
  return others;
}

function foreign(path: string, file: string): string | undefined {
  if (/^([a-z][a-z0-9+.-]*:|\/\/)/i.test(file)) return 'only files are read, nothing is fetched';
  if (file.startsWith('/') || posix.join(posix.dirname(path), file).split('/')[0] === '..') return "only files of the document's folder are read";
  return undefined;
}
