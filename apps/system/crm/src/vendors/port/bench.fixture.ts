import assert from 'node:assert/strict';
import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import type { CrmAbility } from '#apis/crm';
import type { Customer, Deal } from '#canonical';
import { answersUnsupported, eventually } from '#testing';
import { LACKING } from './crm-abilities.js';
import type { CrmVendor } from './crm.port.js';
import type { DoorAnswer, VendorDoor } from './vendor-door.fixture.js';

/** What a vendor's spec provides for the conformance suites. */
export interface CrmWorld {
  /** Its optional abilities. */
  abilities: readonly CrmAbility[];
  readonly door: VendorDoor;
  /**
   * A vendor that calls through the door; a new one each time, without memory of earlier failures.
   */
  connect(): CrmVendor;
  /** People's actions in the CRM. Ids are the vendor's own. */
  people: {
    anyOpenDeal(): Promise<string>;
    customerOf(dealId: string): Promise<string>;
    win(dealId: string): Promise<void>;
    lose(dealId: string): Promise<void>;
    reopen(dealId: string): Promise<void>;
    changeLine(dealId: string): Promise<void>;
    setTaxRegistration(customerId: string, value: string): Promise<void>;
    newDeal(name: string): Promise<string>;
    newCustomer(name: string): Promise<string>;
    deleteDeal(dealId: string): Promise<void>;
    deleteCustomer(customerId: string): Promise<void>;
    /** Where deals have milestones. */
    changeMilestones?(dealId: string): Promise<void>;
    /**
     * Adds a version of a card, with one rate; returns how to set that rate. Only where there are
     * rate cards.
     */
    newRateCard?(card: { code: string; effectiveFrom: string; ratePerHour: number }): Promise<(ratePerHour: number) => Promise<void>>;
  };
  /** The code of an existing rate card. */
  rateCardCode?(): Promise<string>;
  /** The back end's own answers. */
  words: {
    /** That the session has ended. */
    sessionEnded: DoorAnswer;
    notFound: DoorAnswer;
    /** An answer that refuses a request with this text. */
    refusal(text: string): DoorAnswer;
    /** Bodies that are none of its lists. */
    malformed: string[];
    /**
     * Answers with customers: one without an id, something that is no record, and a whole one,
     * called Fine. `id` is the name of the id field.
     */
    unnamed: { answer: DoorAnswer; id: string };
  };
  /** Strings that no Problem may contain. */
  secrets(): string[];
  open(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Shared by the suites: a vendor for each test, through a door that is reset to let everything
 * pass.
 */
export class Bench {
  vendor: CrmVendor;

  /**
   * Create it within the `describe` of the suites: opens the world before their tests and closes it
   * after them.
   */
  constructor(readonly world: CrmWorld) {
    beforeAll(() => world.open());
    afterAll(() => world.close());
    beforeEach(() => {
      this.vendor = world.connect();
    });
    afterEach(async () => {
      world.door.reset();
      await this.vendor.close();
    });
  }

  can(ability: CrmAbility): boolean {
    return this.world.abilities.includes(ability);
  }

  unsupported(ability: CrmAbility, part?: (vendor: CrmVendor) => unknown): void {
    answersUnsupported('crm', LACKING, ability, () => this.vendor, part);
  }

  /** A cursor behind which nothing is yet. */
  async cursorOf(feed: 'deals' | 'customers'): Promise<string> {
    const cursor = await lastCursor(this.vendor[feed].changed(null));
    // The next whole second: vendors state the time of a change in seconds, and capture reads with
    // an overlap.
    return new Date(Math.ceil(Math.max(Date.parse(cursor) + LATER_MS, Date.now()) / 1000) * 1000).toISOString();
  }

  /** The deals that a reading shows as changed since the act, which it did not show before it. */
  async changedAfter(act: (dealId: string) => Promise<void>, dealId: string): Promise<Deal[]> {
    const { deals } = this.vendor;
    const cursor = await this.cursorOf('deals');
    assert.ok(!(await all(deals.changed(cursor))).some(deal => nativeId(deal) === dealId), 'it changed before anybody did anything');
    await until(cursor);
    await act(dealId);
    return all(deals.changed(cursor));
  }
}

export const LATER_MS = 1_100;

export const until = (instant: string): Promise<unknown> => eventually(() => Date.now() >= Date.parse(instant));

export const faultsIn = <T extends object>(type: new () => T, value: T): string[] =>
  validateSync(plainToInstance(type, value), { whitelist: true, forbidNonWhitelisted: true }).map(String);

export const nativeId = ({ refs }: Deal | Customer): string => refs[0].nativeId;

export async function all<T>(pages: AsyncIterable<{ items: T[] }>): Promise<T[]> {
  return (await Array.fromAsync(pages)).flatMap(({ items }) => items);
}

export async function lastCursor(pages: AsyncIterable<{ cursor: string }>): Promise<string> {
  return (await Array.fromAsync(pages)).at(-1)?.cursor ?? '';
}
