import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { Capture, type Change, type FeedPage, type SweepPage } from '#capture';
import type { NewEvent } from '#events';
import { HcmConfig } from '../hcm.config.js';
import { HCM } from '../hcm.token.js';
import type { HcmVendor } from '../vendors/port/hcm.port.js';
import type { WorkerHistory, WorkerRecord } from '../workers/worker-record.js';
import { changedAttributes, legalEntitiesOf, presentWorker, recordOn } from '../workers/worker-record.rules.js';
import { endWorkers, putWorkers } from '../workers/worker-replica.js';

export const WORKERS_FEED = 'workers';

const HOUR_MS = 3_600_000;

const today = (): string => new Date().toISOString().slice(0, 10);

/** Follows the HCM's workers: keeps the replica and publishes `worker.changed.v1`, without pay. */
@Injectable()
export class WorkersFeed implements OnModuleInit {
  constructor(
    private readonly capture: Capture,
    @Inject(HCM) private readonly vendor: HcmVendor,
    private readonly config: HcmConfig,
  ) {}

  onModuleInit(): void {
    const { pollMs, overlapMs, sweepHours } = this.config;
    this.capture.register<WorkerRecord>({
      name: WORKERS_FEED,
      noun: 'worker',
      clock: () => this.vendor.clock,
      everyMs: pollMs,
      overlapMs,
      sweepEveryMs: sweepHours * HOUR_MS,
      read: cursor => this.#read(cursor),
      sweep: () => this.#sweep(),
      events: workerEvents,
      legalEntities: legalEntitiesOf,
      keep: async (em, changed, gone) => {
        await putWorkers(em, changed);
        await endWorkers(em, gone, today());
      },
    });
  }

  async *#read(cursor: string | null): AsyncIterable<FeedPage<WorkerRecord>> {
    for await (const page of this.vendor.workers.changed(cursor)) yield { ...page, items: asOfToday(page.items) };
  }

  async *#sweep(): AsyncIterable<SweepPage<WorkerRecord>> {
    for await (const page of this.vendor.workers.all()) yield { ...page, items: asOfToday(page.items) };
  }
}

const asOfToday = (items: WorkerHistory[]): WorkerRecord[] => items.map(item => recordOn(item, today()));

/**
 * One event for public attributes; none where only pay changed, because even that fact is for those
 * with the right only.
 */
export function workerEvents({ before, after, version }: Change<WorkerRecord>): NewEvent<'worker.changed.v1'>[] {
  const changed = before && after ? changedAttributes(before, after) : [];
  if (before && after && changed.length === 0) return [];
  const record = (after ?? before)!;
  const was = before && after ? (presentWorker(before) as Record<string, unknown>) : {};
  return [
    {
      id: `${record.id}:${version}`,
      type: 'worker.changed.v1',
      key: record.id,
      data: {
        state: presentWorker(record),
        changed,
        ...(changed.length > 0 ? { previous: Object.fromEntries(changed.map(name => [name, was[name]])) } : {}),
        ...(after ? {} : { deleted: true }),
      },
      // Who could see the worker before has to learn that it left.
      legalEntities: [...new Set([...legalEntitiesOf(record), ...(before ? legalEntitiesOf(before) : [])])].sort(),
    },
  ];
}
