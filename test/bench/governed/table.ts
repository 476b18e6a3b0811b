import type { GovernedResult } from './governed.js';
import { STAGES } from './stages.js';

/** What was measured, as lines to read. */
export function governedTable({ sides, stages, usage }: GovernedResult): string[] {
  const pad = (cells: (string | number)[]): string =>
    cells.map((cell, i) => (i === 0 ? String(cell).padEnd(12) : String(cell).padStart(12))).join('');
  const compared = Object.entries(sides).flatMap(([connections, { governed, bare, ratio, cpuRatio }]) =>
    (
      [
        ['governed', governed],
        ['bare', bare],
      ] as const
    ).map(([name, { perSecond, p50, p99, cpu, postgresCpu }]) =>
      pad([
        name,
        connections,
        perSecond.toFixed(0),
        name === 'governed' ? ratio.toFixed(2) : '',
        name === 'governed' ? cpuRatio.toFixed(2) : '',
        p50.toFixed(2),
        p99.toFixed(2),
        cpu.toFixed(0),
        postgresCpu.toFixed(0),
      ]),
    ),
  );
  const names = Object.keys(STAGES).filter(name => name in stages.governed.stages || name in stages.bare.stages);
  const us = (value: number | undefined): string => (value === undefined ? '' : value.toFixed(1));
  const sum = (of: Record<string, number>): number => Object.values(of).reduce((total, one) => total + one, 0);
  const percent = (ratio: number): string => `${ratio < 0 ? '-' : '+'}${Math.abs(ratio * 100).toFixed(1)} %`;
  const share = stages.governed.stages.usage / sum(stages.governed.stages);
  return [
    pad(['', 'connections', 'requests/s', 'ratio', 'CPU ratio', 'p50 ms', 'p99 ms', 'CPU us', 'Postgres us']),
    ...compared,
    'aim: a ratio of at least 0.50',
    '',
    `microseconds of a request at one connection (${stages.governed.requests} and ${stages.bare.requests} requests)`,
    `${''.padEnd(18)}${'governed'.padStart(10)}${'bare'.padStart(10)}`,
    ...names.map(
      name => `${name.padEnd(18)}${us(stages.governed.stages[name]).padStart(10)}${us(stages.bare.stages[name]).padStart(10)}   ${STAGES[name]}`,
    ),
    `${'together'.padEnd(18)}${us(sum(stages.governed.stages)).padStart(10)}${us(sum(stages.bare.stages)).padStart(10)}`,
    '',
    `usage alone, ${usage.pairs} turns with it and without, at 16 connections; aim: below 3 %`,
    `  CPU of a request ${percent(usage.cpu - 1)} (quartiles ${usage.cpuQuartiles.map(ratio => percent(ratio - 1)).join(' and ')}), requests/s ${percent(usage.perSecond - 1)}`,
    `  counting took ${(share * 100).toFixed(1)} % of the time of a request at one connection`,
  ];
}
