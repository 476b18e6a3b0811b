import type { OnApplicationBootstrap, OnModuleDestroy } from '@nestjs/common';
import type { JobLoop } from './job-loop.js';

/** A provider with a loop, which runs while its app does. */
export abstract class LoopProvider implements OnApplicationBootstrap, OnModuleDestroy {
  protected abstract readonly loop: JobLoop;

  onApplicationBootstrap(): void {
    this.loop.start();
  }

  async onModuleDestroy(): Promise<void> {
    await this.loop.stop();
  }
}
