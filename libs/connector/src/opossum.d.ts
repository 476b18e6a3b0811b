/** The part of opossum 10 that we use; it ships no types. */
declare module 'opossum' {
  import type { EventEmitter } from 'node:events';

  export interface BreakerOptions {
    name?: string;
    /** False: the action keeps its own time. */
    timeout?: number | false;
    errorThresholdPercentage?: number;
    resetTimeout?: number;
    volumeThreshold?: number;
    rollingCountTimeout?: number;
    rollingPercentilesEnabled?: boolean;
    enableSnapshots?: boolean;
    /** True: the error is for the caller to handle and is no sign of an outage. */
    errorFilter?: (error: unknown) => boolean;
  }

  export default class CircuitBreaker<A extends unknown[] = unknown[], R = unknown> extends EventEmitter {
    constructor(action: (...args: A) => Promise<R>, options?: BreakerOptions);
    fire(...args: A): Promise<R>;
    readonly opened: boolean;
    readonly halfOpen: boolean;
    readonly closed: boolean;
    shutdown(): void;
  }
}
