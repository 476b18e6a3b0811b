import { BusinessDate, Nested, OneOf, Text } from '#canonical';
import { get, operations } from '../operation.js';
import { PageQuery } from '../page.js';

/** A difference that a release made, as `npm run api -- diff` tells it. */
export class ReleaseChange {
  @Text({ max: 200, description: 'The rule, e.g. response-property-removed.' }) id: string;
  @OneOf(['breaking', 'warning', 'info']) severity: 'breaking' | 'warning' | 'info';
  @Text({ max: 500, optional: true, description: 'Absent for what belongs to no single operation.' }) operation?: string;
  @Text({ max: 2000 }) text: string;
}

export class ReleaseView {
  @Text({ max: 50, description: 'e.g. 1.4' }) id: string;
  @BusinessDate({ optional: true }) releasedOn?: string;
  @Nested(() => ReleaseChange, { list: true, description: 'Against the release before it; at most 200, the gravest first.' })
  changes: ReleaseChange[];
}

export class EventTypeView {
  @Text({ max: 200, description: 'e.g. deal.changed.v1' }) id: string;
  @Text({ max: 1000, description: 'What happened.' }) summary: string;
  @Text({ max: 1000, description: 'Of which key; events of one key are read in their order.' }) key: string;
  @Text({ max: 100, list: true, description: 'The apps that publish it.' }) publishers: string[];
  @Text({ max: 100, list: true, description: 'The apps that read it.' }) readers: string[];
  @Text({ max: 100, description: 'The schema of its data in the AsyncAPI document.' }) data: string;
}

export const releases = operations('releases', {
  listReleases: get('apis/:id/releases', {
    scope: 'governance.read',
    summary: 'The releases of a version of an API, the newest first, and what each changed',
    query: PageQuery,
    pageOf: ReleaseView,
  }),
  listEventReleases: get('event-releases', {
    scope: 'governance.read',
    summary: 'The releases of the document of the events, the newest first, and what each changed',
    query: PageQuery,
    pageOf: ReleaseView,
  }),
  listEventTypes: get('event-types', {
    scope: 'governance.read',
    summary: 'The types of canonical events, and which apps publish and read them',
    query: PageQuery,
    pageOf: EventTypeView,
  }),
});
