import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Stopwatch } from './stopwatch.js';

/** What a side is started with: its environment, and whether it divides its time among stages. */
export interface ToSide {
  environment: Record<string, string>;
  timed: boolean;
}
type Question = { ask: 'stages' } | { ask: 'cpu' } | { ask: 'usage'; counted: boolean };
/** Where it listens, then the answer to each question. */
export type FromSide = { url: string } | StageTimes | { cpu: number } | { done: true };
export type StageTimes = ReturnType<Stopwatch['read']>;

/** What a side can do besides answering requests. */
export interface Served {
  url: string;
  watch?: Stopwatch;
  /** Switches the counting of usage. */
  countUsage?: (counted: boolean) => void;
}

const cpuNow = (): number => {
  const { user, system } = process.cpuUsage();
  return user + system;
};

/** The process of a side: it serves, and answers the bench, with which it ends. */
export function runSide(serve: (told: ToSide) => Promise<Served>): void {
  const answer = (message: FromSide): void => void process.send!(message);
  const start = async (told: ToSide): Promise<void> => {
    const { url, watch, countUsage } = await serve(told);
    process.on('message', (question: Question) => {
      if (question.ask === 'stages') return answer(watch!.read());
      if (question.ask === 'cpu') return answer({ cpu: cpuNow() });
      countUsage!(question.counted);
      answer({ done: true });
    });
    answer({ url });
  };
  process.once('disconnect', () => process.exit(0));
  process.once('message', (told: ToSide) => {
    start(told).catch((error: unknown) => {
      console.error(error);
      process.exit(1);
    });
  });
}

/** A side as the bench sees it. */
export class Side {
  private constructor(
    readonly name: string,
    private readonly child: ChildProcess,
    readonly url: string,
  ) {}

  static async start(name: 'governed' | 'bare', told: ToSide, children: ChildProcess[]): Promise<Side> {
    const child = fork(join(import.meta.dirname, `${name}-side.js`), [], { execArgv: [] });
    children.push(child);
    child.send(told);
    const { url } = (await answerOf(child)) as { url: string };
    return new Side(name, child, url);
  }

  get pid(): number {
    return this.child.pid!;
  }

  stages(): Promise<StageTimes> {
    return this.#ask({ ask: 'stages' }) as Promise<StageTimes>;
  }

  /** In microseconds, since its process began. */
  async cpu(): Promise<number> {
    return ((await this.#ask({ ask: 'cpu' })) as { cpu: number }).cpu;
  }

  async countUsage(counted: boolean): Promise<void> {
    await this.#ask({ ask: 'usage', counted });
  }

  #ask(question: Question): Promise<FromSide> {
    const answer = answerOf(this.child);
    this.child.send(question);
    return answer;
  }
}

async function answerOf(child: ChildProcess): Promise<FromSide> {
  const heard = new AbortController();
  const { signal } = heard;
  try {
    const ended = once(child, 'exit', { signal }).then(() => {
      throw new Error('a side ended before it answered');
    });
    const [answer] = (await Promise.race([once(child, 'message', { signal }), ended])) as [FromSide];
    return answer;
  } finally {
    heard.abort();
  }
}
