import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import type { EventType, RecordedEvent } from '#apis';
import { Subscriptions } from '#events';
import { ExceptionDesk } from '#exceptions';
import type { Transaction } from '#persistence';
import { APP, type App } from '#service';
import { type AnyNeedKind, mayBeMetBy } from '#work';

/** Injection token of the need kinds whose events release what waits for them. */
export const NEED_KINDS = Symbol('kinds of need');

/**
 * Reads the events that may meet the needs of an app's exceptions, by its need kinds, and releases
 * those exceptions, one canary first.
 */
@Injectable()
export class NeedsReader implements OnModuleInit {
  constructor(
    @Inject(NEED_KINDS) private readonly kinds: readonly AnyNeedKind[],
    @Inject(APP) private readonly app: App,
    private readonly subscriptions: Subscriptions,
    private readonly desk: ExceptionDesk,
  ) {}

  onModuleInit(): void {
    const types = [...new Set(this.kinds.flatMap(({ metBy = {} }) => Object.keys(metBy) as EventType[]))];
    if (types.length === 0) return;
    this.subscriptions.subscribe({ name: `${this.app.name}.needs`, types, whole: true, handle: (em, events) => this.#read(em, events) });
  }

  async #read(em: Transaction, events: RecordedEvent[]): Promise<void> {
    const unmet = await this.desk.unmetNeeds();
    const met = unmet.filter(need => events.some(event => mayBeMetBy(event, this.kinds)(need)));
    await this.desk.satisfy(em, met);
  }
}
