import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Io } from '../command.js';
import { dataOf, textOf } from '../read/parse.js';
import { approvalOf, type Approval } from './approval.js';

/** The folder of the approvals, in the checkout. */
const APPROVALS = 'openapi/approvals';

/** All approvals, by file name; throws `WrongUse` for one that is not written as it has to be. */
export async function approvalsOf({ top, today }: Io): Promise<Approval[]> {
  const files = await readdir(join(top, APPROVALS)).catch(() => []);
  return Promise.all(
    files
      .filter(file => /\.ya?ml$/.test(file))
      .sort()
      .map(async file => {
        const path = `${APPROVALS}/${file}`;
        return approvalOf(path, dataOf(path, textOf(path, await readFile(join(top, path)))), today);
      }),
  );
}
