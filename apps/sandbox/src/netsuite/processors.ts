/** One record of a submitted job. */
export interface Work {
  job: string;
  item: number;
}

export interface ProcessorSettings {
  /** How many records are processed at once. */
  processors: number;
  /** How long each takes, in ms. */
  msPerRecord: number;
}

/**
 * The least time between commits, in ms, so that many processors cause no more commits than a few.
 */
const TICK_MS = 5;
/** The most records in one commit, so that requests get their turn in between. */
const GROUP = 200;

/**
 * The account's asynchronous processors: P of them take queued records in order of arrival, each
 * for m ms. All records take equally long, so record k is done m after its arrival or after record
 * k-P was done, whichever is later. A list and one timer are therefore enough.
 */
export class Processors {
  #queue: (Work & { due: number })[] = [];
  #head = 0;
  /** When each processor is free again, in the order they take records. */
  #freeAt: number[] = [];
  #turn = 0;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(
    private settings: ProcessorSettings,
    private readonly perform: (group: Work[]) => void,
    private readonly now: () => number = () => performance.now(),
  ) {
    this.#freeAt = Array<number>(settings.processors).fill(0);
  }

  enqueue(works: Work[]): void {
    const arrived = this.now();
    for (const work of works) this.#queue.push({ ...work, due: this.#take(arrived) });
    this.#wake();
  }

  /** Plans the waiting records anew. */
  change(settings: ProcessorSettings): void {
    this.settings = settings;
    this.#freeAt = Array<number>(settings.processors).fill(0);
    this.#turn = 0;
    const waiting = this.#queue.slice(this.#head);
    this.#queue = [];
    this.#head = 0;
    this.#sleep();
    this.enqueue(waiting);
  }

  close(): void {
    this.#closed = true;
    this.#sleep();
  }

  #take(arrived: number): number {
    const due = Math.max(arrived, this.#freeAt[this.#turn]) + this.settings.msPerRecord;
    this.#freeAt[this.#turn] = due;
    this.#turn = (this.#turn + 1) % this.#freeAt.length;
    return due;
  }

  #wake(least = 0): void {
    if (this.#closed || this.#timer || this.#head >= this.#queue.length) return;
    const wait = Math.max(least, this.#queue[this.#head].due - this.now());
    this.#timer = setTimeout(() => this.#tick(), wait).unref();
  }

  #sleep(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #tick(): void {
    this.#timer = undefined;
    const now = this.now();
    const group: Work[] = [];
    while (group.length < GROUP && this.#head < this.#queue.length && this.#queue[this.#head].due <= now) group.push(this.#queue[this.#head++]);
    if (this.#head > 10_000 || this.#head === this.#queue.length) {
      this.#queue = this.#queue.slice(this.#head);
      this.#head = 0;
    }
    if (group.length > 0) this.perform(group);
    this.#wake(group.length === GROUP ? 0 : TICK_MS);
  }
}
