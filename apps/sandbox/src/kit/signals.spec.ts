import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { built, eventually } from '#testing';

const program = (text: string) => spawn(process.execPath, ['-e', text], { stdio: 'ignore' });

const standsStill = (pid: number): boolean => execFileSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' }).startsWith('T');

it('a frozen process goes on in time although the process that froze it is dead', async () => {
  const module = join(await built(), 'apps/sandbox/src/kit/signals.js');
  const frozen = program('setInterval(() => undefined, 1000)');
  try {
    const freezing = `import(${JSON.stringify(module)}).then(({ freeze }) => { freeze(${frozen.pid!}, 1500); process.kill(process.pid, 'SIGKILL'); })`;
    await once(program(freezing), 'exit');
    expect(standsStill(frozen.pid!)).toBe(true);
    expect(await eventually(() => !standsStill(frozen.pid!))).toBe(true);
  } finally {
    frozen.kill('SIGKILL');
  }
});
