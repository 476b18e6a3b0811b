import type { Changed, Worker } from '#canonical';

/** What the HCM's app says. Pay is in no event. */
export interface HcmEvents {
  'worker.changed.v1': Changed<Omit<Worker, 'costRate'>>;
}
