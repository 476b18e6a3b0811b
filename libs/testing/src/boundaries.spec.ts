import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';

const TOP = resolve(import.meta.dirname, '../../..');

/** Files in allowed places, for others to import. */
const THERE: Record<string, string> = {
  'libs/canonical/src/index.ts': 'export const noun = 1;\n',
  'libs/service/src/index.ts': `import { noun } from '#canonical';\nexport const service = noun;\n`,
  'libs/service/src/inner.ts': 'export const inner = 1;\n',
  'libs/flow/src/index.ts': `export { service } from '#service';\n`,
  'libs/testing/src/index.ts': 'export const builder = 1;\n',
  'apps/system/crm/src/deals/deals.ts': 'export const deals = 1;\n',
  'apps/system/crm/src/vendors/index.ts': `export { a } from './a/a.vendor.js';\n`,
  'apps/system/crm/src/vendors/a/a.vendor.ts': 'export const a = 1;\n',
  'apps/system/crm/src/vendors/b/b.vendor.ts': 'export const b = 1;\n',
  'apps/experience/portal/src/request/portal-context.ts': 'export const context = 1;\n',
  'apps/experience/portal/src/deals/deal.list.ts': `export { context } from '../request/portal-context.js';\n`,
  'apps/experience/portal/src/graph/resolvers.ts': `export { context } from '../deals/deal.list.js';\n`,
  'apps/platform/src/apps.ts': `export { deals } from '../../system/crm/src/deals/deals.js';\n`,
};

/** Rule -> an import that breaks it: the importing file, and what it imports. */
const FORBIDDEN: Record<string, [from: string, imported: string]> = {
  'apps-never-import-apps': ['apps/process/p/src/p.ts', '../../../system/crm/src/deals/deals.js'],
  'sandbox-stands-alone': ['apps/sandbox/src/x.ts', '#canonical'],
  'libs-never-import-apps': ['libs/events/src/x.ts', '../../../apps/system/crm/src/deals/deals.js'],
  'libs-in-order-service': ['libs/service/src/x.ts', '#flow'],
  'libs-by-their-face': ['apps/system/crm/src/x.ts', '../../../../libs/service/src/inner.js'],
  'libs-by-their-face-among-libs': ['libs/flow/src/x.ts', '../../service/src/inner.js'],
  'portal-storeys-cellar': ['apps/experience/portal/src/read-model/x.ts', '../deals/deal.list.js'],
  'portal-storeys-ground': ['apps/experience/portal/src/values/x.ts', '../request/portal-context.js'],
  'portal-storeys-request': ['apps/experience/portal/src/request/x.ts', '../deals/deal.list.js'],
  'portal-storeys-floor': ['apps/experience/portal/src/deals/x.ts', '../graph/resolvers.js'],
  'canonical-is-plain': ['libs/canonical/src/x.ts', 'fastify'],
  'one-list-of-vendors': ['apps/system/crm/src/deals/x.ts', '../vendors/a/a.vendor.js'],
  'vendors-never-import-each-other': ['apps/system/crm/src/vendors/b/x.ts', '../a/a.vendor.js'],
  'mappers-and-rules-are-pure': ['apps/system/crm/src/deals/deal.rules.ts', 'node:fs'],
  'no-test-code-in-production': ['apps/system/crm/src/deals/y.ts', '#testing'],
  'specs-import-no-specs': ['libs/events/src/z.spec.ts', './a.spec.js'],
  'no-undeclared-packages': ['apps/system/crm/src/deals/z.ts', 'koa'],
  'no-dev-packages-in-production': ['apps/system/crm/src/deals/w.ts', 'jsforce'],
  resolvable: ['libs/events/src/y.ts', './nowhere.js'],
  'no-cycles': ['libs/capture/src/one.ts', './two.js'],
};

interface Violation {
  from: string;
  rule: { name: string };
}

/** The violations in a tree of these files under the project's own configuration. */
async function violations(files: Record<string, string>): Promise<Violation[]> {
  const tree = await mkdtemp(join(tmpdir(), 'throughline-boundaries-'));
  try {
    for (const file of ['package.json', 'tsconfig.json', '.dependency-cruiser.cjs']) await cp(join(TOP, file), join(tree, file));
    await symlink(join(TOP, 'node_modules'), join(tree, 'node_modules'));
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(tree, path)), { recursive: true });
      await writeFile(join(tree, path), text);
    }
    const depcruise = join(TOP, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
    const output = await new Promise<string>((done, fail) =>
      execFile(
        process.execPath,
        [depcruise, '--config', '.dependency-cruiser.cjs', '--output-type', 'json', 'apps', 'libs'],
        { cwd: tree, maxBuffer: 1e8 },
        (error, stdout) => (stdout ? done(stdout) : fail(error ?? new Error('no output'))),
      ),
    );
    return (JSON.parse(output) as { summary: { violations: Violation[] } }).summary.violations;
  } finally {
    await rm(tree, { recursive: true, force: true });
  }
}

describe('the boundary rules', () => {
  let found: Violation[];
  beforeAll(async () => {
    const planted = Object.values(FORBIDDEN).map(([from, imported]) => [from, `import * as it from '${imported}';\nexport const used = it;\n`]);
    const helpers = {
      'libs/events/src/a.spec.ts': 'export const spec = 1;\n',
      'libs/capture/src/two.ts': `import * as it from './one.js';\nexport const used = it;\n`,
    };
    found = await violations({ ...THERE, ...helpers, ...Object.fromEntries(planted) });
  });

  it.each(Object.entries(FORBIDDEN))('%s: refuses it', (rule, [from]) => {
    expect(found.filter(violation => violation.from === from).map(violation => violation.rule.name)).toContain(rule);
  });

  it('accept allowed imports', async () => {
    expect(await violations(THERE)).toEqual([]);
  });
});
