import { type Database, withFullView } from '#persistence';

/** The words for legal entities that records of the CRM have, as they are spelt there. */
export async function sellerWords(dataSource: Database, noun: 'deal' | 'rate-card'): Promise<string[]> {
  const rows = await withFullView('how the CRM spells its legal entities', () =>
    dataSource.query<{ word: string }[]>(
      `select distinct state ->> 'legalEntity' word from capture.shadow where system = 'crm' and noun = $1 and state ->> 'legalEntity' is not null`,
      [noun],
    ),
  );
  return rows.map(({ word }) => word);
}
