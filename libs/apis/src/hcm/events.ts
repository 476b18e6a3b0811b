import { OmitType } from '@nestjs/swagger';
import { Worker } from '#canonical';
import { changed, defineEvents } from '../event.js';

/** A worker without pay. */
class PublishedWorker extends OmitType(Worker, ['costRate']) {}

/** The events of the HCM's app. None contains pay. */
export const hcmEvents = defineEvents(['hcm'], {
  'worker.changed.v1': { summary: 'A worker is new or changed, as of the day of the event.', key: 'Worker', data: changed(PublishedWorker) },
});
