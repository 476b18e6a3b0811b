import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Control, CONTROLS, type Guard, GUARDS } from './guards.js';
import { nameOf, treeNow } from './run-state.js';
import { runSeed, type SeedResult } from './seed-run.js';
import { Stage } from './stage.js';

const USAGE = `npm run faults:controls -- [--guard NAME]

Takes out one guard after the other, in the composition root of a test's own worker, and runs seeds until one goes red; the same seed has to be
right with the guard in its place. Guards: ${GUARDS.join(', ')}`;

const { values } = parseArgs({ options: { guard: { type: 'string' }, help: { type: 'boolean', default: false } } });
if (values.help) {
  console.log(USAGE);
  process.exit(0);
}

// By an end that Postgres and the other processes notice.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));

console.log(`negative controls on ${nameOf(treeNow())}`);
let wrong = 0;
for (const guard of GUARDS.filter(name => values.guard === undefined || name === values.guard)) {
  const told = await controlled(guard, CONTROLS[guard]);
  if (!told.ok) wrong++;
  console.log(`${told.ok ? 'ok    ' : 'FAILED'} ${guard.padEnd(20)} ${told.text}`);
}
process.exit(wrong === 0 ? 0 : 1);

async function controlled(guard: Guard, control: Control): Promise<{ ok: boolean; text: string }> {
  const red = await firstRed(guard, control);
  if (!red) return { ok: false, text: `stayed green for ${control.within} seeds without it` };
  const [{ rule, detail }] = red.findings;
  const text = `red at seed ${red.seed} of ${control.within}: ${rule}, ${detail.slice(0, 160)}`;
  const kept = await onStage({}, stage => runSeed(stage, control.schedule(red.seed), { environment: control.environment }));
  if (!kept.ok) return { ok: false, text: `${text}; but red with it too: ${kept.findings[0].rule}, ${kept.findings[0].detail.slice(0, 300)}` };
  return { ok: true, text: `${text}; right with the guard` };
}

function firstRed(guard: Guard, { within, schedule, environment, statements }: Control): Promise<SeedResult | undefined> {
  const worker = { main: join(import.meta.dirname, 'control-worker.js'), args: [guard] };
  return onStage({ worker, statements }, async stage => {
    for (let seed = 1; seed <= within; seed++) {
      const result = await runSeed(stage, schedule(seed), { environment });
      if (!result.ok) return result;
    }
    return undefined;
  });
}

async function onStage<T>(options: Parameters<typeof Stage.open>[0], work: (stage: Stage) => Promise<T>): Promise<T> {
  const stage = await Stage.open(options);
  try {
    return await work(stage);
  } finally {
    await stage.close();
  }
}
