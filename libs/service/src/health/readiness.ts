import { Injectable } from '@nestjs/common';

/** Resolves when the part is well; rejects with the reason when it is not. */
export type Check = () => Promise<void>;
/** Why the part is degraded although it works; undefined when it is well. */
export type Degradation = () => string | undefined | Promise<string | undefined>;

/**
 * What must be well for an app to take work. The database is always checked; other parts register
 * here (the event reader, a flow engine).
 */
@Injectable()
export class Readiness {
  readonly #checks = new Map<string, Check>();
  readonly #degradations = new Map<string, Degradation>();
  #draining = false;

  register(name: string, check: Check): void {
    this.#checks.set(name, check);
  }

  /** Adds to the answer of `/readyz` why a part is degraded; the app stays ready. */
  degrades(name: string, degradation: Degradation): void {
    this.#degradations.set(name, degradation);
    if (!this.#checks.has(name)) this.#checks.set(name, () => Promise.resolve());
  }

  async degradationOf(name: string): Promise<string | undefined> {
    return this.#degradations.get(name)?.();
  }

  get checks(): [string, Check][] {
    return [...this.#checks];
  }

  /**
   * From now on the app says that it isn't ready, so that it gets no new work while it finishes
   * what it has.
   */
  drain(): void {
    this.#draining = true;
  }

  get draining(): boolean {
    return this.#draining;
  }
}
