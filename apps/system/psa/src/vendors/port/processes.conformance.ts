import { describe, expect, it } from 'vitest';
import { canonicalJson } from '#canonical';
import { eventually, type FaultMatch } from '#testing';
import { type Bench, belowOf, put, untilDone } from './bench.fixture.js';

/** That a process that fails in mid-create leaves nothing twice. */
export function processesFail(bench: Bench): void {
  processFreezes(bench);
  processDies(bench);
}

/** A process that was frozen while it made a project, and goes on as if no time had passed. */
function processFreezes(bench: Bench): void {
  describe('a process that is frozen in mid-create and thaws', () => {
    it.each([
      ['after its create left', () => bench.world.writes.project],
      ['after its look-up left', () => bench.world.reads.project],
      ['after the create of what is below left', () => bench.world.writes.below],
    ])('%s: at quiet there is one project, and each part of it once', { timeout: 60_000 }, async (_, match: () => FaultMatch) => {
      const project = bench.freshProject();
      const timing = { settlingMs: 300, leaseMs: 1_000 };
      const frozen = await bench.world.elsewhere!(project, timing);
      await bench.world.control.planFault({ match: match(), action: { do: 'freeze', pid: frozen.pid, ms: 2_500 }, nth: 1 });
      frozen.go();
      await eventually(async () => (await bench.world.control.faults()).some(({ delivered }) => delivered === 1));
      const vendor = bench.connect(timing);
      const watch = vendor.watch!();
      await untilDone(() => put(vendor, project));
      expect(await frozen.ended).toMatch(/^(done|vendor-unavailable)/);
      await untilDone(() => put(vendor, project));
      const wanted = belowOf(project);
      await eventually(async () => {
        const raw = await bench.world.raw(project.id);
        const kept = raw.filter(({ archived, ours }) => ours && !archived);
        return (
          kept.length === 1 &&
          canonicalJson(kept[0].below.sort()) === canonicalJson(wanted) &&
          raw.every(one => one === kept[0] || one.below.length === 0)
        );
      });
      await watch.stop();
    });
  });
}

/** A process that died while it made a project. */
function processDies(bench: Bench): void {
  describe('a process that is killed', () => {
    it.each([
      ['before the project was made', 'before', () => bench.world.writes.project, 0],
      ['after the project was made', 'after', () => bench.world.writes.project, 1],
      ['before what is below was made', 'before', () => bench.world.writes.below, 1],
      ['after what is below was made', 'after', () => bench.world.writes.below, 1],
    ] as const)('%s: another ends it, and nothing is there twice', { timeout: 60_000 }, async (_, when, match, already) => {
      const project = bench.freshProject();
      const timing = { settlingMs: 300, leaseMs: 1_000 };
      const killed = await bench.world.elsewhere!(project, timing);
      await bench.world.control.planFault({ match: match(), action: { do: 'kill', pid: killed.pid, when }, nth: 1 });
      killed.go();
      expect(await killed.ended).toMatch(/^exit/);
      expect(await bench.world.raw(project.id)).toHaveLength(already);
      await untilDone(() => put(bench.connect(timing), project));
      expect((await bench.world.raw(project.id)).map(({ below }) => below.length)).toEqual([belowOf(project).length]);
      expect(await bench.world.duplicates!(project.id)).toEqual([]);
    });
  });
}
