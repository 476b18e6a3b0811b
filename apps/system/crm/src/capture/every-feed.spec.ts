import { afterAll, beforeAll, describe } from 'vitest';
import { describePoisonedFeeds, inJson, type Poison, type PoisonedFeed, type Row } from '#testing';
import { RunningCrm } from '../crm.fixture.js';
import { customerIdOf, dealIdOf, rateCardIdOf, to18, type Org } from '../vendors/salesforce/salesforce.references.js';

const org: Org = { account: to18('00DLF0000000001'), loginUrl: '', languages: ['en'], hoursPerDay: 8 };

const records = (type: string): PoisonedFeed['alterEach'] =>
  inJson(({ records: found = [] }, each) => {
    for (const row of found) if (row.attributes?.type === type) each(row.Id, row);
  });
const numbered = (prefix: string) => (text: string) => Number(text.slice(prefix.length));
const without = (field: string): Poison => ({ names: field, spoil: row => void delete row[field] });
const saying = (field: string, value: unknown): Poison => ({ names: field, spoil: row => void (row[field] = value) });
const inChild = (relationship: string, field: string, value: unknown): Poison => ({
  names: `${field} of ${relationship}`,
  spoil: row => (row[relationship] = { totalSize: 1, done: true, records: [{ Id: '0ch000000000001', [field]: value }] }),
});

describe('whatever Salesforce shows', () => {
  let crm: RunningCrm;
  beforeAll(async () => {
    crm = await RunningCrm.start({ env: { CRM_POLL_MS: '3600000', CRM_RATE_CARD_POLL_MS: '3600000' } });
    await crm.poll();
  });
  afterAll(() => crm.close());

  const named = { setNumber: (row: Row, n: number) => void (row.Name = `is ${n}`), numberIn: ({ name }: Row) => numbered('is ')(name) };
  const feeds: Record<string, PoisonedFeed> = {
    deals: {
      noun: 'deal',
      alterEach: records('Opportunity'),
      idOf: id => dealIdOf(org, id),
      ...named,
      poisons: [
        without('CloseDate'),
        saying('CloseDate', '2026-02-30'),
        saying('SystemModstamp', 'lately'),
        saying('Amount', 'much'),
        saying('CurrencyIsoCode', 'ZZZ'),
        inChild('OpportunityLineItems', 'Quantity', '12,5'),
        saying('OpportunityLineItems', 'none'),
      ],
    },
    customers: {
      noun: 'customer',
      alterEach: records('Account'),
      idOf: id => customerIdOf(org, id),
      ...named,
      poisons: [without('SystemModstamp'), saying('BillingCity', { is: 'none' }), saying('CurrencyIsoCode', 'ZZZ')],
    },
    'rate-cards': {
      noun: 'rate-card',
      alterEach: records('Rate_Card__c'),
      idOf: id => rateCardIdOf(org, id),
      setNumber: (row, n) => void (row.Code__c = `is ${n}`),
      numberIn: ({ code }) => numbered('is ')(code),
      poisons: [
        inChild('Rates__r', 'Rate_Per_Hour__c', '85,00'),
        saying('CurrencyIsoCode', 'ZZZ'),
        without('CurrencyIsoCode'),
        without('Effective_From__c'),
        without('Code__c'),
      ],
    },
  };

  describePoisonedFeeds(
    () => ({
      vendor: 'salesforce',
      origin: crm.sandboxes.endpoints.salesforce.loginUrl,
      database: crm.database,
      registered: async () => (await crm.get<{ items: { name: string }[] }>('/v1/feeds')).body.items.map(({ name }) => name),
      read: (feed, how) => crm.read(feed, how),
    }),
    feeds,
  );
});
