import { execFile } from 'node:child_process';
import { readFile, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, posix, sep } from 'node:path';
import { promisify } from 'node:util';
import { WrongUse } from '../command.js';
import { MAX_BYTES } from './bounds.js';

/** The folder of a document, from which its files are read by their paths below it. */
export interface Shelf {
  /** The document's own file. */
  readonly main: string;
  /** How people name a file of it. */
  name(path: string): string;
  /** Throws `WrongUse` for what is not there, is too large, or lies outside of the folder. */
  read(path: string): Promise<Uint8Array>;
}

/** The folder around a file on disk. A link that leads out of the folder is refused. */
export function folderOf(file: string, shown: string): Shelf {
  const folder = dirname(file);
  const name = (path: string): string => posix.join(posix.dirname(shown), path);
  return {
    main: basename(file),
    name,
    async read(path) {
      const real = await realpath(join(folder, path)).catch(() => '');
      const found = await stat(real).catch(() => undefined);
      if (!found?.isFile()) throw new WrongUse(`there is no file ${name(path)}`);
      if (path !== basename(file) && !real.startsWith((await realpath(folder)) + sep)) {
        throw new WrongUse(`${name(path)} is outside of the document's folder`);
      }
      if (found.size > MAX_BYTES) throw new WrongUse(`${name(path)} has more than ${MAX_BYTES / 1024 / 1024} MiB`);
      return readFile(real);
    },
  };
}

const git = promisify(execFile);

/** The folder around a file at a revision of the repository in which the caller stands. */
export function revisionOf(revision: string, file: string, cwd: string): Shelf {
  const name = (path: string): string => `git:${revision}:${posix.join(posix.dirname(file), path)}`;
  return {
    main: posix.basename(file),
    name,
    async read(path) {
      const object = `${revision}:${posix.join(posix.dirname(file), path)}`;
      try {
        const { stdout } = await git('git', ['cat-file', 'blob', object], { cwd, encoding: 'buffer', maxBuffer: MAX_BYTES });
        return stdout;
      } catch (error) {
        throw new WrongUse(`${name(path)} can't be read: ${whyOf(error as NodeJS.ErrnoException & { stderr?: Buffer })}`);
      }
    },
  };
}

function whyOf(error: NodeJS.ErrnoException & { stderr?: Buffer }): string {
  if (error.code === 'ERR_CHILD_PROCESS_STDIO_MAXBUFFER') return `it has more than ${MAX_BYTES / 1024 / 1024} MiB`;
  if (error.code === 'ENOENT') return 'there is no git here';
  return error.stderr?.toString('utf8').trim().split('\n')[0] || error.message;
}
