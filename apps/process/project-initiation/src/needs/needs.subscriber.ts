import { Injectable, type OnModuleInit } from '@nestjs/common';
import { thingOf, type EventType, type RecordedEvent } from '#apis';
import type { ExceptionRecord } from '#canonical';
import { EventLog, Subscriptions } from '#events';
import { ExceptionDesk } from '#exceptions';
import { Lanes } from '#flow';
import { JobLoop, LoopProvider } from '#jobs';
import { Mappings, type MappingTable } from '#mappings';
import { Database, inTransaction, type Transaction } from '#persistence';
import { needs as kinds } from '../needs.js';
import { customerRules, type CustomerRules } from '../customers/customer.rules.js';
import { Planner } from '../plans/planner.js';
import { ProjectInitiationConfig } from '../project-initiation.config.js';
import {
  AS_SOLD,
  changedRecords,
  isAsSold,
  isMapped,
  mappingNeedsMet,
  mappingNeedsOvertaken,
  needsMetBy,
  needsOf,
  needsToTry,
} from './needs.rules.js';
import { AS_REFUSED } from '../sold-rates/sold-rates.rules.js';
import { SoldRatesStore } from '../sold-rates/sold-rates.store.js';

const ARRIVALS: EventType[] = [
  'mapping.changed.v1',
  'reference-value.changed.v1',
  'customer.changed.v1',
  'billing-customer.changed.v1',
  'project.changed.v1',
  'financial-project.changed.v1',
  'deal.won.v1',
  'deal.changed.v1',
  'deal.reopened.v1',
  'deal.lost.v1',
];

/** Watches for what exceptions wait for. When it arrives, they are released, one canary first. */
@Injectable()
export class NeedsSubscriber extends LoopProvider implements OnModuleInit {
  protected readonly loop: JobLoop;
  readonly #rules: CustomerRules;

  constructor(
    private readonly dataSource: Database,
    private readonly subscriptions: Subscriptions,
    private readonly log: EventLog,
    private readonly desk: ExceptionDesk,
    private readonly lanes: Lanes,
    private readonly mappings: Mappings,
    private readonly soldRates: SoldRatesStore,
    private readonly planner: Planner,
    config: ProjectInitiationConfig,
  ) {
    super();
    this.#rules = customerRules(config);
    const pace = { firstMs: config.probeMs, mostMs: config.probeMs };
    this.loop = new JobLoop({ part: 'project-initiation', name: 'probe', work: () => this.#probe(), pace });
  }

  onModuleInit(): void {
    this.subscriptions.subscribe({
      name: 'project-initiation.needs',
      types: [...ARRIVALS, 'exception.changed.v1'],
      whole: true,
      keyOf: thingOf,
      handle: async (em, events) => {
        const mappings = await this.mappings.table();
        // One after the other, since they share the transaction's connection.
        const met: string[] = [];
        for (const event of events) met.push(...(await this.#metBy(em, event, mappings)));
        met.push(...(await this.#overtaken(em, events, mappings)));
        await this.desk.satisfy(em, met);
        await this.#tryAgain(em, events);
      },
    });
  }

  /**
   * A record that exceptions are about changed after their last try. The needs that only another
   * try can check are released for these exceptions alone, even if others have the same need.
   */
  async #tryAgain(em: Transaction, events: RecordedEvent[]): Promise<void> {
    const waiting = await this.desk.about(em, events.flatMap(changedRecords));
    const met: { id: string; needs: string[] }[] = [];
    for (const { id, flow, subject, about, needs } of waiting) {
      const since = await this.lanes.heldSince(em, `project-initiation.${flow}`, subject);
      if (!since) continue;
      const news = events.filter(event => event.recordedAt > since && changedRecords(event).some(record => about.includes(record)));
      met.push({ id, needs: needsToTry(news, subject, needs) });
    }
    await this.desk.satisfyOne(em, met);
  }

  /**
   * A back end publishes nothing when it is back. So one canary of the exceptions that wait for it
   * is retried now and then. Customers in the ERP that are not ours are not published either: a new
   * plan shows whether they still match.
   */
  async #probe(): Promise<false> {
    const needs = [...(await this.desk.unmetNeeds(kinds.available)), ...(await this.#noMoreAmbiguous())];
    if (needs.length > 0) await inTransaction(this.dataSource, em => this.desk.satisfy(em, needs));
    return false;
  }

  async #noMoreAmbiguous(): Promise<string[]> {
    const waiting = await this.desk.waitingFor(this.dataSource.manager, kinds.oneMatch);
    const met: string[] = [];
    for (const { subject, needs } of waiting) {
      const asked = needs.filter(kinds.oneMatch.is);
      const refused = await this.planner.needsNow(subject);
      if (refused) met.push(...asked.filter(need => !refused.has(need)));
    }
    return met;
  }

  async #metBy(em: Transaction, event: RecordedEvent, mappings: MappingTable): Promise<string[]> {
    if (event.type === 'mapping.changed.v1')
      return mappingNeedsMet((event as RecordedEvent<'mapping.changed.v1'>).data, await this.desk.unmetNeeds(kinds.mapping));
    if (event.type !== 'exception.changed.v1') return this.#metByRecord(event, mappings);
    const exception = event.data as ExceptionRecord;
    return exception.state === 'open' && exception.app === 'project-initiation' ? this.#arrivedMeanwhile(em, exception, mappings) : [];
  }

  /**
   * The needs that a customer or a deal meets in its current state, and questions about a line's
   * rate that it no longer raises.
   */
  async #metByRecord(event: RecordedEvent, mappings: MappingTable): Promise<string[]> {
    if (!isAsSold(event)) return needsMetBy(event, mappings, AS_REFUSED, this.#rules);
    const grounds = await this.soldRates.groundsOf(event.key);
    const asked = await this.desk.unmetNeeds(kinds.soldRate);
    const missing = needsOf(event, mappings, grounds, this.#rules);
    return [
      ...needsMetBy(event, mappings, grounds, this.#rules),
      ...asked.filter(need => kinds.soldRate.read(need)?.recordId === event.key && !missing.has(need)),
    ];
  }

  /** A mapping may make needs of any deal obsolete; a deal only its own. */
  async #overtaken(em: Transaction, events: RecordedEvent[], mappings: MappingTable): Promise<string[]> {
    const isMapping = events.some(({ type }) => type === 'mapping.changed.v1');
    const deals = new Set(events.filter(isAsSold).map(({ key }) => key));
    if (!isMapping && deals.size === 0) return [];
    const waiting = (await this.desk.waitingFor(em, kinds.mapping)).filter(({ subject }) => isMapping || deals.has(subject));
    const latest = await this.log.latestOf(
      em,
      waiting.map(({ subject }) => subject),
      [...AS_SOLD],
    );
    return waiting.flatMap(({ subject, needs }) => {
      const sold = latest.get(subject);
      return sold ? mappingNeedsOvertaken(sold, mappings, this.#rules, needs) : [];
    });
  }

  /**
   * Releases for what arrived while the failed run was in progress: its event came before there was
   * an exception to release.
   */
  async #arrivedMeanwhile(em: Transaction, { id, flow, app, subject, keys, needs }: ExceptionRecord, mappings: MappingTable): Promise<string[]> {
    const since = await this.lanes.heldSince(em, `${app}.${flow}`, subject);
    if (!since) return [];
    const unmet = new Set(needs.filter(need => !need.met).map(need => need.need));
    const referredTo = [...unmet].flatMap(need => kinds.reference.read(need)?.reference ?? []);
    const latest = await this.log.latestOf(em, [...referredTo, subject, keys.customer, keys.project], ARRIVALS);
    const news = [...latest.values()].filter(event => event.recordedAt > since);
    await this.desk.satisfyOne(em, [{ id, needs: needsToTry(news, subject, [...unmet]) }]);
    const arrived: string[] = [];
    for (const event of news) arrived.push(...(await this.#metByRecord(event, mappings)).filter(need => unmet.has(need)));
    const sold = news.find(event => event.key === subject && isAsSold(event));
    const overtaken = sold ? mappingNeedsOvertaken(sold, mappings, this.#rules, [...unmet]) : [];
    return [...arrived, ...overtaken, ...[...unmet].filter(need => isMapped(need, mappings))];
  }
}
