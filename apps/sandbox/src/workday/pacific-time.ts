const ZONE = 'America/Los_Angeles';
const offsets = new Map<string, string>();
const format = new Intl.DateTimeFormat('en-US', { timeZone: ZONE, timeZoneName: 'longOffset' });
const wallClock = new Intl.DateTimeFormat('sv-SE', { timeZone: ZONE, dateStyle: 'short', timeStyle: 'medium' });

/** The offset in force in the tenant's home zone at noon UTC of a date, `-08:00` or `-07:00`. */
function offsetOn(date: string): string {
  const known = offsets.get(date);
  if (known) return known;
  const part = format.formatToParts(new Date(`${date}T12:00:00Z`)).find(({ type }) => type === 'timeZoneName')!.value;
  const offset = part.replace('GMT', '');
  offsets.set(date, offset);
  return offset;
}

/** Workday writes dates with a zone: `2026-11-20-08:00`. It is still that date. */
export const zonedDate = (date: string): string => `${date}${offsetOn(date)}`;

/** And moments with the tenant's offset: `2026-11-20T01:15:00.123-08:00`. */
export function zonedMoment(instant: string): string {
  const at = new Date(instant);
  const local = wallClock.format(at).replace(' ', 'T');
  const offset = format
    .formatToParts(at)
    .find(({ type }) => type === 'timeZoneName')!
    .value.replace('GMT', '');
  return `${local}.${String(at.getUTCMilliseconds()).padStart(3, '0')}${offset}`;
}

/**
 * A moment without a zone is read as Pacific. Answers UTC, or undefined when it is no moment at
 * all.
 */
export function readMoment(text: string): string | undefined {
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}/.test(text)) return undefined;
  const zoned = /(Z|[+-]\d{2}:\d{2})$/.test(text) ? text : `${text}${offsetOn(text.slice(0, 10))}`;
  const at = new Date(zoned);
  return Number.isNaN(at.getTime()) ? undefined : at.toISOString();
}

/** The date of a text that may carry a zone, or undefined when it is no date. */
export function readDate(text: string): string | undefined {
  const date = /^(\d{4}-\d{2}-\d{2})(Z|[+-]\d{2}:\d{2})?$/.exec(text)?.[1];
  return date && !Number.isNaN(Date.parse(date)) ? date : undefined;
}

/** Today in the tenant's home zone. */
export const tenantToday = (now: Date): string => wallClock.format(now).slice(0, 10);
