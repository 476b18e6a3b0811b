import { type DynamicModule, Module } from '@nestjs/common';
import { Capture } from './capture.js';
import { CAPTURE_OPTIONS, type CaptureOptions } from './capture-options.js';
import { FeedsController } from './feeds.controller.js';
import { PlannedWrites } from './planned-writes.js';

/**
 * Change capture of one system app, its `/v1/feeds`, and planned writes, which the capture
 * recognises as our own. Register feeds on `Capture` in `onModuleInit`.
 */
@Module({})
export class CaptureModule {
  static forApp(options: CaptureOptions): DynamicModule {
    return {
      module: CaptureModule,
      global: true,
      controllers: [FeedsController],
      providers: [{ provide: CAPTURE_OPTIONS, useValue: options }, Capture, PlannedWrites],
      exports: [Capture, PlannedWrites],
    };
  }
}
