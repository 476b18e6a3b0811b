import type { AccountingPeriod, ExchangeRate, Invoice } from '#canonical';
import { changedOf, type Feed } from '#capture';
import type { VendorClock } from '#connector';
import { keepInvoicedLines } from '../books/invoiced-lines.js';
import type { ErpConfig } from '../erp.config.js';
import type { Books } from '../vendors/port/books.port.js';
import { eventOf } from './event-of.js';
import { wholeFeed } from './whole-feed.js';

export function exchangeRateFeed(books: Books, { referencePollMs, sweepMs }: ErpConfig): Feed<ExchangeRate> {
  return wholeFeed(() => books.exchangeRates(), {
    name: 'exchange-rates',
    noun: 'exchange-rate',
    everyMs: referencePollMs,
    sweepEveryMs: sweepMs,
    events: change => [eventOf('exchange-rate.changed.v1', change, changedOf(change), [])],
  });
}

/** A period that all entities share concerns none in particular. */
export const entitiesOfPeriod = ({ legalEntity }: AccountingPeriod): string[] => (legalEntity === '*' ? [] : [legalEntity]);

export function accountingPeriodFeed(books: Books, { referencePollMs, sweepMs }: ErpConfig): Feed<AccountingPeriod> {
  return wholeFeed(() => books.accountingPeriods(), {
    name: 'accounting-periods',
    noun: 'accounting-period',
    everyMs: referencePollMs,
    sweepEveryMs: sweepMs,
    events: change => [eventOf('accounting-period.changed.v1', change, changedOf(change), entitiesOfPeriod((change.after ?? change.before)!))],
    legalEntities: entitiesOfPeriod,
  });
}

export const entitiesOfInvoice = ({ legalEntity }: Invoice): string[] => (legalEntity ? [legalEntity] : []);

export function invoiceFeed(books: Books, clock: () => VendorClock, { pollMs, overlapMs, invoiceSweepMs }: ErpConfig): Feed<Invoice> {
  return {
    name: 'invoices',
    noun: 'invoice',
    clock,
    everyMs: pollMs,
    overlapMs,
    sweepEveryMs: invoiceSweepMs,
    read: cursor => books.invoices.changed(cursor),
    sweep: () => books.invoices.all(),
    events: change => [eventOf('invoice.changed.v1', change, changedOf(change), entitiesOfInvoice((change.after ?? change.before)!))],
    legalEntities: entitiesOfInvoice,
    keep: keepInvoicedLines,
  };
}
