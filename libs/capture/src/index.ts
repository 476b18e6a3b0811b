export { Capture, withOverlap } from './capture.js';
export { captureMigrations } from './capture.migrations.js';
export { CaptureModule } from './capture.module.js';
export { CAPTURE_OPTIONS, type CaptureOptions } from './capture.options.js';
export type { Captured, Change, Feed, FeedPage, SweepWindow } from './feed.js';
export { FeedChange, FeedReading, FeedsController, FeedStatus } from './feeds.controller.js';
export { PlannedWrites, type HoldsAlone, type Outcome, type Plan, type Wish } from './planned-writes.js';
export { ShadowReader, type ShadowQuery, type Viewer } from './shadow-reader.js';
export { readWatermarks, type Watermark } from './watermarks.js';
