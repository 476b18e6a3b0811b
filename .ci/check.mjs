// `npm run check`: everything that is fast, the same before a commit and in CI. Shows what failed, whole.
import { line, runStep } from './steps.mjs';

const GROUPS = [
  [
    { name: 'types', run: ['types'] },
    { name: 'format', run: ['check:format'] },
  ],
  [
    { name: 'lint', run: ['lint'] },
    { name: 'boundaries', run: ['boundaries'] },
    { name: 'dead code', run: ['deadcode'] },
  ],
  [{ name: 'figures of the house', run: ['house', '--check'], shown: true }],
  [
    { name: 'OpenAPI documents', run: ['openapi:check'] },
    { name: 'GraphQL schema', run: ['graphql:check'] },
  ],
  [{ name: 'API releases', run: ['api', 'check'] }],
  [
    { name: 'configuration reference', run: ['config:docs:check'] },
    { name: 'security tables', run: ['rights:docs', '--check'] },
  ],
];

/** @returns {Promise<import('./steps.mjs').Outcome[]>} */
export async function check() {
  const outcomes = [];
  for (const group of GROUPS) {
    for (const outcome of await Promise.all(group.map(step => runStep(step)))) {
      outcomes.push(outcome);
      console.log(line(outcome));
      if (!outcome.ok || outcome.shown) console.log(outcome.output.trimEnd());
    }
  }
  return outcomes;
}

if (import.meta.filename === process.argv[1]) {
  const failed = (await check()).filter(outcome => !outcome.ok);
  process.exitCode = failed.length === 0 ? 0 : 1;
}
