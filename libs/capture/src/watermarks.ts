import type { Database } from '#persistence';

/** How far one feed of one back end has been read. */
export interface Watermark {
  system: string;
  feed: string;
  /**
   * All changes in the back end up to this time were seen; null until the first reading has ended.
   */
  readTo: string | null;
  polledAt: string | null;
  state: 'live' | 'paused' | 'behind' | 'failing';
  /** Why it is failing. */
  error?: string;
}

interface Row {
  system: string;
  name: string;
  read_to: Date | null;
  polled_at: Date | null;
  state: Watermark['state'];
  last_error: string | null;
}

/**
 * Of every feed in this database, or of one system's. `behind`: not read for three intervals of its
 * current pace plus half a minute, or never read to its end.
 */
export async function readWatermarks(dataSource: Database, system?: string): Promise<Watermark[]> {
  const rows = await dataSource.query<Row[]>(
    `select system, name, read_to, polled_at, last_error, case
       when paused then 'paused' when failures > 0 then 'failing'
       when not loaded or polled_at < clock_timestamp() - (every_ms::bigint * 3 + 30000) * interval '1 ms' then 'behind' else 'live' end state
     from capture.feed where $1::text is null or system = $1 order by system, name`,
    [system ?? null],
  );
  return rows.map(row => ({
    system: row.system,
    feed: row.name,
    readTo: row.read_to?.toISOString() ?? null,
    polledAt: row.polled_at?.toISOString() ?? null,
    state: row.state,
    ...(row.last_error ? { error: row.last_error } : {}),
  }));
}
