import { declaredBy, type Declared } from '../apis/declared.js';
import { emittedApis } from '../apis/emitted.js';
import { newestRelease } from '../apis/released.js';
import { contentOf } from '../apis/standing.js';
import { stampOf } from '../apis/stamp.js';
import type { Command, Io } from '../command.js';
import { operationsOf } from '../read/operations.js';

/** One version of an API, as its emitted document and its releases say. */
interface Listed extends Declared {
  readonly api: string;
  readonly version: string;
  readonly kind: string;
  /** The newest release: `1.4.2`. */
  readonly released: string | null;
  /** Operations, fields of queries and mutations, or events. */
  readonly operations: number;
  readonly deprecated: number;
}

export const catalogue: Command = {
  operands: '',
  count: [0, 0],
  options: { json: {} },
  summary: 'Every API with its version, layer, audience, state, owner and release, and how many of its operations are deprecated.',
  async run({ flags }, io) {
    const apis = await Promise.all((await emittedApis(io.top)).map(one => listed(one, io)));
    io.out(flags.has('json') ? `${JSON.stringify(apis, null, 2)}\n` : table(apis));
    return 0;
  },
};

async function listed({ api, version, file }: { api: string; version: string; file: string }, { top }: Io): Promise<Listed> {
  const [document] = await contentOf(top, file);
  const newest = await newestRelease(top, api, version);
  const released = newest ? stampOf(document.kind, (await contentOf(top, newest.file))[1]).version : null;
  const operations = operationsOf(document);
  return {
    api,
    version,
    kind: document.kind,
    ...declaredBy(document),
    released,
    operations: operations.length,
    deprecated: operations.filter(({ deprecated }) => deprecated).length,
  };
}

const COLUMNS = ['api', 'version', 'kind', 'layer', 'audience', 'state', 'owner', 'contact', 'released', 'operations', 'deprecated'] as const;

function table(apis: readonly Listed[]): string {
  const rows = [COLUMNS as readonly string[], ...apis.map(api => COLUMNS.map(column => String(api[column] ?? 'never')))];
  const widths = COLUMNS.map((_, at) => Math.max(...rows.map(row => (row[at] ?? '').length)));
  return rows
    .map(
      row =>
        `${row
          .map((cell, at) => cell.padEnd(widths[at] ?? 0))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('');
}
