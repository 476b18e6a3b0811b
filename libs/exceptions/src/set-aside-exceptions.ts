import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import type { RecordedEvent } from '#apis';
import { cutText } from '#canonical';
import { SetAsides, Subscriptions } from '#events';
import type { Transaction } from '#persistence';
import { APP, type App } from '#service';
import { defineNeed, exceptionOf } from '#work';
import { ExceptionDesk, type NewException } from './exception-desk.js';

type SetAsideChanged = RecordedEvent<'set-aside.changed.v1'>;

/** The turn that such an exception holds: the work that was set aside under its id. */
const TURNS = 'set-aside';
const DUE_MS = 24 * 3_600_000;

const needs = {
  place: defineNeed('place:{place}', { cure: 'cure.stopped' }),
  record: defineNeed('record:{system}:{noun}:{nativeId}', { cure: 'cure.set-aside' }),
};

/**
 * Raises exceptions for what feeds, readers and jobs set aside, and retries it when a person asks.
 * The app with a desk that reads the event first owns the exception, since the app that set the
 * work aside may have no desk.
 */
@Injectable()
export class SetAsideExceptions implements OnModuleInit {
  constructor(
    private readonly subscriptions: Subscriptions,
    private readonly setAsides: SetAsides,
    private readonly desk: ExceptionDesk,
    @Inject(APP) private readonly app: App,
  ) {}

  onModuleInit(): void {
    this.desk.releaseWith(async (em, turns, action) => {
      for (const { key } of turns) await this.setAsides.decide(em, key, action);
    }, TURNS);
    this.subscriptions.subscribe({
      name: 'exceptions.set-aside',
      types: ['set-aside.changed.v1'],
      whole: true,
      handle: (em, events) => this.#apply(em, events as SetAsideChanged[]),
    });
  }

  async #apply(em: Transaction, events: SetAsideChanged[]): Promise<void> {
    const newest = [...new Map(events.map(event => [event.key, event])).values()];
    await this.desk.raise(
      em,
      newest.filter(({ data }) => data.state === 'open').map(event => setAsideException(event, this.app.name)),
    );
    await this.desk.finished(
      em,
      newest.filter(({ data }) => data.state === 'closed').map(({ key }) => key),
    );
  }
}

function setAsideException({ data, legalEntities, correlationId }: SetAsideChanged, app: string): NewException {
  const { id, place, system, noun, nativeId, reason, held } = data;
  const stopped = reason.code === 'set-aside.stopped';
  const need = cutText(stopped ? needs.place(place) : needs.record(system, noun, nativeId), 300);
  return {
    ...exceptionOf([{ reason, category: stopped ? 'stalled' : 'validation', desk: 'integration', need }], Object.values(needs)),
    id,
    app,
    flow: 'set-aside',
    step: place,
    runId: id,
    subject: nativeId,
    keys: { place, ...(stopped ? {} : { system, noun, record: nativeId }) },
    refs: [],
    money: [],
    dueAt: new Date(Date.now() + DUE_MS).toISOString(),
    parkedBehind: held,
    effect: 'none',
    legalEntities,
    turn: { subscription: TURNS, key: id, seq: 0 },
    correlationId,
  };
}
