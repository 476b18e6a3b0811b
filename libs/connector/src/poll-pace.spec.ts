import { describe, expect, it } from 'vitest';
import { PollPace } from './poll-pace.js';

/** How often jobs that take `jobMs` are asked about, and how much longer than they take is waited, once the pace has learned. */
function askedOf(jobMs: number, jobs = 60): { questions: number; waste: number } {
  const pace = new PollPace();
  let [questions, waited] = [0, 0];
  for (let job = 0; job < jobs * 2; job++) {
    let [asked, at] = [0, 0];
    while (at < jobMs || asked === 0) at += pace.waitMs(asked++);
    pace.learn(asked, at);
    if (job < jobs) continue;
    questions += asked;
    waited += at;
  }
  return { questions: questions / jobs, waste: waited / jobs / jobMs - 1 };
}

describe('the pace of questions', () => {
  it.each([60, 250, 700, 3_000])('after jobs of %i ms asks about each less than twice, and waits little longer than it takes', jobMs => {
    const { questions, waste } = askedOf(jobMs);
    expect(questions).toBeLessThan(2);
    expect(waste).toBeLessThan(0.35);
  });

  it('asks about a job that takes far longer than the last ones a few times, less and less often', () => {
    const pace = new PollPace();
    for (let job = 0; job < 50; job++) pace.learn(1, 100);
    const waits = [0, 1, 2, 3, 4, 5].map(asked => pace.waitMs(asked));
    expect(waits.slice(1).every((ms, at) => at === 0 || ms >= waits[at])).toBe(true);
  });
});
