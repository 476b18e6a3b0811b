import { Injectable } from '@nestjs/common';

/** Resolves when it is well; rejects with why not. */
export type Check = () => Promise<void>;
/** Why it is less than well though it works; nothing when it is well. */
export type Degradation = () => string | undefined | Promise<string | undefined>;

/** What has to be well for an app to take work. The database is checked always; others register here (the event reader, a flow engine). */
@Injectable()
export class Readiness {
  readonly #checks = new Map<string, Check>();
  readonly #degradations = new Map<string, Degradation>();
  #draining = false;

  register(name: string, check: Check): void {
    this.#checks.set(name, check);
  }

  /** Says in the answer to `/readyz` why a part is less than well; the app stays ready. */
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

  /** From here on the app says it isn't ready, so that no new work is sent while it finishes what it has. */
  drain(): void {
    this.#draining = true;
  }

  get draining(): boolean {
    return this.#draining;
  }
}
