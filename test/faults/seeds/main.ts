import { parseArgs } from 'node:util';
import { builtAt, nameOf, RunState, treeNow } from './run-state.js';
import { scheduleOf } from './schedule.js';
import { runSeed, type SeedResult } from './seed-run.js';
import { Stage } from './stage.js';
import { summaryOf } from './summary.js';

const USAGE = `npm run faults -- --seeds N [--from S]

One seed is one whole run of the platform under faults that derive from the seed alone; see test/faults/README.md.
  --seeds N       how many seeds (default 30)
  --from S        the first of them (default 1)
  --again         runs seeds again that were run on this commit before
  --reruns N      how often a failing seed is run again (default 10)
  --stop-after N  ends after N failed seeds (default 5)
  --keep-logs     leaves the logs of failed seeds, and says where`;

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '30' },
    from: { type: 'string', default: '1' },
    again: { type: 'boolean', default: false },
    reruns: { type: 'string', default: '10' },
    'stop-after': { type: 'string', default: '5' },
    'keep-logs': { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  console.log(USAGE);
  process.exit(0);
}

const [count, from, reruns, stopAfter] = [values.seeds, values.from, values.reruns, values['stop-after']].map(Number);
const tree = treeNow();
const state = new RunState(tree);
console.log(`${count} seeds from ${from} on ${nameOf(tree)}; kept in ${state.file}`);

let stopping = false;
process.on('SIGINT', () => {
  if (stopping) process.exit(130);
  stopping = true;
  console.log('\nends after this seed; the same command goes on from here');
});

const wanted = Array.from({ length: count }, (_, n) => from + n);
const open = wanted.filter(seed => values.again || !state.records.has(seed));
if (open.length < wanted.length) console.log(`${wanted.length - open.length} of them were run before`);

let failed = 0;
let stage: Stage | undefined;
// Postgres would outlive us.
process.once('SIGTERM', () => void Promise.resolve(stage?.close()).finally(() => process.exit(143)));
try {
  for (const [index, seed] of open.entries()) {
    if (stopping || failed >= stopAfter) break;
    if (builtAt() !== tree.built) throw new Error('the tree was compiled anew under the run: begin again');
    stage ??= await Stage.open();
    const result = await runSeed(stage, scheduleOf(seed), { keepLogs: values['keep-logs'] });
    tell(result, `${index + 1}/${open.length}`);
    if (result.ok) state.keep({ result });
    else {
      failed++;
      // A broken stage is no seed's fault twice.
      await stage.close({ keep: values['keep-logs'] });
      stage = undefined;
      tellFailure(result);
      state.keep({ result, ...(reruns > 0 ? { history: await again(seed) } : {}) });
    }
  }
} finally {
  await stage?.close();
}

const { text, ok } = summaryOf(
  tree,
  wanted.flatMap(seed => state.records.get(seed) ?? []),
);
console.log(`\n${text}`);
process.exit(ok ? 0 : 1);

/** The same seed ten times more: one that fails only now and then is another kind of trouble. */
async function again(seed: number): Promise<string> {
  let history = '';
  stage = await Stage.open();
  for (let n = 0; n < reruns && !stopping; n++) {
    history += (await runSeed(stage, scheduleOf(seed))).ok ? 'P' : 'F';
    process.stdout.write(`\r  rerun ${history}`);
  }
  await stage.close();
  stage = undefined;
  process.stdout.write('\n');
  return history;
}

function tell({ seed, ok, seconds, parts, counts, delivered, findings }: SeedResult, progress: string): void {
  const faults = Object.entries(delivered)
    .map(([kind, n]) => `${kind} ${n}`)
    .join(', ');
  const times = [parts.start, parts.load, parts.rest].map(ms => (ms / 1000).toFixed(1)).join(' + ');
  const what = `${counts.lines} lines, ${counts.corrections} corrections, ${counts.exceptions} exceptions`;
  console.log(
    `${progress.padStart(9)}  seed ${seed} ${ok ? 'ok' : `FAILED (${findings.length})`}  ${seconds.toFixed(1)} s (${times})  ${what}; ${faults || 'no fault delivered'}`,
  );
}

function tellFailure({ seed, findings }: SeedResult): void {
  for (const { rule, line, detail } of findings.slice(0, 20)) console.log(`  ${rule} ${line}: ${detail}`);
  console.log(`  schedule of seed ${seed}: ${JSON.stringify(scheduleOf(seed))}`);
}
