/**
 * A period of days, both ends included, in which nothing about a worker changes according to the
 * log.
 */
export interface Span {
  id: string;
  from: string;
  until: string;
}

/** A worker's days from `first` to `last`, cut where a change takes effect. */
export function spansOf(id: string, changeDays: Iterable<string>, first: string, last: string): Span[] {
  const cuts = [...new Set(changeDays)].filter(day => day > first && day <= last).sort();
  const starts = [first, ...cuts];
  return starts.map((from, index) => ({ id, from, until: index < cuts.length ? dayBefore(cuts[index]) : last }));
}

/**
 * The days to read, so that every span is read on one of its days: the first of the days that are
 * read anyway, where one lies inside; else as few others as possible.
 */
export function readingDays(spans: Span[], anyway: string[]): Map<string, Span[]> {
  const readings = new Map<string, Span[]>();
  const put = (day: string, span: Span) => {
    const group = readings.get(day);
    if (group) group.push(span);
    else readings.set(day, [span]);
  };
  const others: Span[] = [];
  for (const span of spans) {
    const day = anyway.find(one => within(span, one));
    if (day === undefined) others.push(span);
    else put(day, span);
  }
  // The span that ends first must be read by its last day; all other spans that contain this day
  // are read with it.
  let day = '';
  for (const span of others.sort((a, b) => (a.until < b.until ? -1 : 1))) {
    if (!within(span, day)) day = span.until;
    put(day, span);
  }
  return readings;
}

const within = ({ from, until }: Span, day: string): boolean => from <= day && day <= until;

export const dayBefore = (date: string): string => new Date(Date.parse(`${date}T00:00:00Z`) - 86_400_000).toISOString().slice(0, 10);
