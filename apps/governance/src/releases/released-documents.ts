import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Injectable } from '@nestjs/common';
import { eventsDeclaration } from '#apis';
import type { EventTypeView, ReleaseChange, ReleaseView } from '#apis/governance';
import { shortened } from '#canonical';
import { TOP } from '#persistence';
import type { Change, Severity } from '#verdict';
import { eventTypesOf, type EventsDocument } from './event-types.rules.js';
import { changesOf, releasedIn, type Released } from './release-changes.js';

const RELEASED = join(TOP, 'openapi/released');
const EVENTS = join(TOP, 'openapi/events/events.v1.json');
const MOST_CHANGES = 200;
const GRAVEST: readonly Severity[] = ['breaking', 'warning', 'info'];

/**
 * The released documents, as they were deployed. They don't change while the app runs, so each
 * comparison is made once.
 */
@Injectable()
export class ReleasedDocuments {
  readonly #releases = new Map<string, Promise<ReleaseView[]>>();
  #eventTypes?: Promise<EventTypeView[]>;

  /** The releases of a declared version, the newest first. The app's and the version's names must be declared ones. */
  of(app: string, version: string): Promise<ReleaseView[]> {
    const key = `${app}@${version}`;
    const known = this.#releases.get(key) ?? this.#compare(app, version);
    this.#releases.set(key, known);
    return known;
  }

  /** The releases of the document of the events, the newest first. */
  ofEvents(): Promise<ReleaseView[]> {
    return this.of('events', eventsDeclaration.version);
  }

  eventTypes(): Promise<EventTypeView[]> {
    return (this.#eventTypes ??= readFile(EVENTS, 'utf8').then(text => eventTypesOf(JSON.parse(text) as EventsDocument)));
  }

  async #compare(app: string, version: string): Promise<ReleaseView[]> {
    const files = await readdir(join(RELEASED, app)).catch(() => []);
    const ids = files.filter(file => file.startsWith(`${version}.`)).sort((a, b) => minorOf(a) - minorOf(b));
    const views: ReleaseView[] = [];
    const today = new Date().toISOString().slice(0, 10);
    let before: Released | undefined;
    for (const file of ids) {
      const released = releasedIn(file, await readFile(join(RELEASED, app, file), 'utf8'));
      const changes = before ? await changesOf(before, released, released.on ?? today) : [];
      views.push({
        id: file.replace(/\.(json|graphql)$/, ''),
        ...(released.on === undefined ? {} : { releasedOn: released.on }),
        changes: gravest(changes).map(changeOf),
      });
      before = released;
    }
    return views.reverse();
  }
}

const minorOf = (file: string): number => Number(file.split('.')[1]);

const gravest = (changes: Change[]): Change[] =>
  changes.toSorted((a, b) => GRAVEST.indexOf(a.severity) - GRAVEST.indexOf(b.severity)).slice(0, MOST_CHANGES);

const changeOf = ({ id, severity, operation, text }: Change): ReleaseChange => ({
  id,
  severity,
  ...(operation === null ? {} : { operation }),
  text: shortened(text, 2_000),
});
