import type { Changed, Worker } from '#canonical';

/** The events of the HCM's app. None contains pay. */
export interface HcmEvents {
  'worker.changed.v1': Changed<Omit<Worker, 'costRate'>>;
}
