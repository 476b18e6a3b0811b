import { Injectable } from '@nestjs/common';
import { Problem } from '#canonical';
import { SystemApis } from './clients.js';
import { TimeToBillingConfig } from './time-to-billing.config.js';

/** What the ERP says that it can do, and how it does it. */
@Injectable()
export class ErpMeans {
  #batchSize: number | undefined;
  #keepsBooksToItself = false;

  constructor(
    private readonly systems: SystemApis,
    private readonly config: TimeToBillingConfig,
  ) {}

  /**
   * The most lines in one batch. While the ERP does not answer, the configured number holds. A
   * batch that the ERP rejects for its size is halved, and the ERP is asked again.
   */
  async batchSize(): Promise<number> {
    this.#batchSize ??= await this.systems.batchSize().catch((error: unknown) => {
      if (error instanceof Problem) return undefined;
      throw error;
    });
    return Math.min(this.#batchSize ?? Infinity, this.config.batchSize);
  }

  askAnew(): void {
    this.#batchSize = undefined;
  }

  /**
   * Asked only where no period was ever published. An ERP with this ability may be about to publish
   * its first period, so only a "no" is kept.
   */
  async tellsBooks(): Promise<boolean> {
    this.#keepsBooksToItself ||= (await this.systems.erpLacks()).includes('books');
    return !this.#keepsBooksToItself;
  }
}
