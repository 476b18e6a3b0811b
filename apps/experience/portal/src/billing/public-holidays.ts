import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import type Library from 'date-holidays';
import { PortalConfig } from '../portal.config.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Years kept per place, so that nobody can fill the memory by asking for all years. */
const YEARS_AT_MOST = 50;

/** Where somebody works, as far as it is known. */
export interface Workplace {
  country?: string;
  /** ISO 3166-2, `DE-BY`. */
  region?: string;
}

export interface HolidaysOfPlace {
  /**
   * The country or region whose holidays are excluded; null when none are known or none are
   * excluded.
   */
  place: string | null;
  /** The unknown parts of the workplace; because of them, holidays may count as working days. */
  unknown: ('country' | 'region')[];
  has(day: string): boolean;
}

const NONE: HolidaysOfPlace = { place: null, unknown: [], has: () => false };
const UNKNOWN: HolidaysOfPlace = { ...NONE, unknown: ['country'] };

/**
 * Public holidays at a workplace. Computing one year of a place takes some 10 ms, so it is kept.
 * The package is loaded when the app starts, so that no answer waits for it, and not at all if the
 * policy needs no holidays.
 */
@Injectable()
export class PublicHolidays implements OnModuleInit {
  #library?: typeof Library;
  readonly #places = new Map<string, HolidaysOfPlace>();

  constructor(@Inject(PortalConfig) private readonly config: Pick<PortalConfig, 'holidays'>) {}

  async onModuleInit(): Promise<void> {
    if (this.config.holidays === 'public') ({ default: this.#library } = await import('date-holidays'));
  }

  of({ country, region = '' }: Workplace): HolidaysOfPlace {
    if (!this.#library) return NONE;
    if (country === undefined) return UNKNOWN;
    const key = `${country} ${region}`;
    const held = this.#places.get(key) ?? holidaysOf(this.#library, country, region);
    this.#places.set(key, held);
    return held;
  }
}

function holidaysOf(library: typeof Library, country: string, region: string): HolidaysOfPlace {
  const all = new library();
  if (!all.getCountries()[country]) return UNKNOWN;
  const regions = Object.keys(all.getStates(country) ?? {});
  const state = regions.find(code => `${country}-${code}` === region);
  const calendar = new library({ country, ...(state === undefined ? {} : { state }) }, { types: ['public'] });
  const years = new Map<string, ReadonlySet<string>>();
  const daysIn = (year: string): ReadonlySet<string> => {
    if (years.size > YEARS_AT_MOST) years.clear();
    const days = years.get(year) ?? new Set(calendar.getHolidays(Number(year)).flatMap(daysOf));
    years.set(year, days);
    return days;
  };
  return {
    place: state === undefined ? country : region,
    unknown: regions.length > 0 && state === undefined ? ['region'] : [],
    has: day => daysIn(day.slice(0, 4)).has(day),
  };
}

/**
 * The whole days of a holiday, which may last for three. A half day is a working day; a day of 23
 * hours in spring is whole.
 */
function daysOf({ date, start, end }: { date: string; start: Date; end: Date }): string[] {
  const first = Date.parse(date.slice(0, 'YYYY-MM-DD'.length));
  const count = Math.floor((end.getTime() - start.getTime() + 2 * HOUR_MS) / DAY_MS);
  return Array.from({ length: count }, (_, index) => new Date(first + index * DAY_MS).toISOString().slice(0, 'YYYY-MM-DD'.length));
}
