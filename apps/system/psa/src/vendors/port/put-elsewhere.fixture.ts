import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { ExternalRef, Project } from '#canonical';
import { built } from '#testing';
import type { LineToWrite } from './submissions.port.js';

/** A line of time to write, and where the PSA has its project. */
export interface TimeOrder {
  line: LineToWrite;
  project: ExternalRef;
}

/** What a separate process writes, and through which vendor of the list. */
export interface PutOrder {
  vendor: string;
  databaseUrl: string;
  env: Record<string, string>;
  put: Project | TimeOrder;
}

/** Puts records by processes of their own, which run the compiled tree. */
export class PutElsewhere {
  readonly #tree = built();

  constructor(private readonly vendor: string) {}

  async elsewhere(order: Omit<PutOrder, 'vendor'>): Promise<{ pid: number; go(): void; ended: Promise<string> }> {
    const program = join(await this.#tree, 'apps/system/psa/src/vendors/port/put-child.fixture.js');
    const child = fork(program, [JSON.stringify({ ...order, vendor: this.vendor })], { execArgv: [] });
    const [ready] = (await Promise.race([once(child, 'message'), once(child, 'exit')])) as [unknown];
    if (typeof ready !== 'object') throw new Error('the other process ended before it was ready');
    const ended = Promise.race([once(child, 'message'), once(child, 'exit')]).then(
      ([message]) => (message as { ended?: string })?.ended ?? `exit ${String(message)}`,
    );
    return { pid: child.pid!, go: () => void child.send('go'), ended };
  }
}
