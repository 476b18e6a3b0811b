import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { EventType, ExceptionRecord, RecordedEvent } from '#canonical';
import { EventLog, Subscriptions } from '#events';
import { ExceptionDesk } from '#exceptions';
import { Lanes } from '#flow';
import { Mappings, type MappingTable } from '#mappings';
import { needsMetBy } from './needs.rules.js';

const ARRIVALS: EventType[] = ['mapping.changed.v1', 'customer.changed.v1', 'deal.won.v1', 'deal.changed.v1'];

/** Watches for what exceptions wait for: when it arrives, they are released, one canary first. */
@Injectable()
export class NeedsSubscriber implements OnModuleInit {
  constructor(
    @Inject(Subscriptions) private readonly subscriptions: Subscriptions,
    @Inject(EventLog) private readonly log: EventLog,
    @Inject(ExceptionDesk) private readonly desk: ExceptionDesk,
    @Inject(Lanes) private readonly lanes: Lanes,
    @Inject(Mappings) private readonly mappings: Mappings,
  ) {}

  onModuleInit(): void {
    this.subscriptions.subscribe({
      name: 'project-initiation.needs',
      types: [...ARRIVALS, 'exception.changed.v1'],
      handle: async (em, events) => {
        const mappings = await this.mappings.table();
        const met = await Promise.all(events.map(event => this.#metBy(em, event, mappings)));
        await this.desk.satisfy(em, met.flat(), 'throughline');
      },
    });
  }

  async #metBy(em: EntityManager, event: RecordedEvent, mappings: MappingTable): Promise<string[]> {
    if (event.type !== 'exception.changed.v1') return needsMetBy(event, mappings);
    const exception = event.data as ExceptionRecord;
    return exception.state === 'open' && exception.app === 'project-initiation' ? this.#arrivedMeanwhile(em, exception, mappings) : [];
  }

  /** What arrived while the run that failed was under way: its event came before there was an exception to release. */
  async #arrivedMeanwhile(em: EntityManager, { flow, app, subject, keys, needs }: ExceptionRecord, mappings: MappingTable): Promise<string[]> {
    const since = await this.lanes.heldSince(em, `${app}.${flow}`, subject);
    if (!since) return [];
    const unmet = new Set(needs.filter(need => !need.met).map(need => need.need));
    const latest = await Promise.all([...unmet, subject, keys.customer].map(key => this.log.latest(em, key, ARRIVALS)));
    return latest.filter(event => event && event.recordedAt > since).flatMap(event => needsMetBy(event!, mappings).filter(need => unmet.has(need)));
  }
}
