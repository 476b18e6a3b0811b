import { Injectable } from '@nestjs/common';
import { Problem } from '#canonical';
import { SystemApis } from './clients.js';
import { TimeToBillingConfig } from './time-to-billing.config.js';

/** What the ERP says that it can do, and how. */
@Injectable()
export class ErpMeans {
  #batchSize: number | undefined;
  #keepsBooksToItself = false;

  constructor(
    private readonly systems: SystemApis,
    private readonly config: TimeToBillingConfig,
  ) {}

  /**
   * Lines in one batch at most. While the ERP does not answer it is what is configured: a batch that is turned away for its size is halved,
   * and the ERP is asked anew.
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

  /** Asked only where no period was ever told. An ERP that has the ability may still be about to tell the first, so only a no is kept. */
  async tellsBooks(): Promise<boolean> {
    this.#keepsBooksToItself ||= (await this.systems.erpLacks()).includes('books');
    return !this.#keepsBooksToItself;
  }
}
