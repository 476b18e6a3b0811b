/**
 * Divides the time of requests that come one after the other among stages. All time belongs to one
 * stage: the one that began last and has not ended, or else the part of the request's way that it
 * is on.
 */
export class Stopwatch {
  readonly #ms = new Map<string, number>();
  /** The way first, then the stages that run, in the order in which they began. */
  #running: { stage: string }[] = [];
  #at = 0;
  #requests = 0;

  constructor(private readonly now: () => number = () => performance.now()) {}

  /** A request has come in. */
  begin(way: string): void {
    this.#at = this.now();
    this.#running = [{ stage: way }];
  }

  /** It is on the next part of its way. */
  on(way: string): void {
    this.#charge();
    this.#running[0] = { stage: way };
  }

  /** It has been answered. */
  end(): void {
    if (this.#running.length === 0) return;
    this.#charge();
    this.#running = [];
    this.#requests += 1;
  }

  /** Runs a stage; one that answers later ends then. */
  time<T>(stage: string, work: () => T): T {
    if (this.#running.length === 0) return work();
    this.#charge();
    const one = { stage };
    this.#running.push(one);
    const ended = (): void => {
      this.#charge();
      this.#running = this.#running.filter(other => other !== one);
    };
    let answer: T;
    try {
      answer = work();
    } catch (error) {
      ended();
      throw error;
    }
    if (!(answer instanceof Promise)) ended();
    else return answer.finally(ended) as T;
    return answer;
  }

  /** Microseconds of each stage, per request, since the last reading. */
  read(): { requests: number; stages: Record<string, number> } {
    const requests = this.#requests;
    const stages = Object.fromEntries([...this.#ms].map(([stage, ms]) => [stage, (ms * 1000) / requests]));
    this.#ms.clear();
    this.#requests = 0;
    return { requests, stages };
  }

  #charge(): void {
    const now = this.now();
    const stage = this.#running.at(-1)?.stage;
    if (stage !== undefined) this.#ms.set(stage, (this.#ms.get(stage) ?? 0) + now - this.#at);
    this.#at = now;
  }
}
