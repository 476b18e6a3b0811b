import jsforce from 'jsforce';
import { connectorMigrations } from '#connector';
import { loadConfig, Metrics } from '#service';
import { testDatabase, testSandboxes, type TestDatabase, type TestSandboxes } from '#testing';
import type { CrmWorld } from '../port/bench.fixture.js';
import type { CrmVendor } from '../port/crm.port.js';
import { SalesforceConfig } from './salesforce.config.js';
import { salesforce } from './salesforce.vendor.js';

const ORG = '00DLF0000000001';

export interface Setting {
  database: TestDatabase;
  sandboxes: TestSandboxes;
  /** What people and their tools do in the org. */
  people: InstanceType<typeof jsforce.Connection>;
}

export async function setUp(): Promise<Setting> {
  const database = await testDatabase({ migrations: connectorMigrations });
  const sandboxes = await testSandboxes({ vendors: ['salesforce'] });
  const { loginUrl, clientId, clientSecret, apiVersion } = sandboxes.endpoints.salesforce;
  const people = new jsforce.Connection({ oauth2: { loginUrl, clientId, clientSecret }, instanceUrl: loginUrl, version: apiVersion });
  await people.authorize({ grant_type: 'client_credentials' });
  return { database, sandboxes, people };
}

export function connect({ database, sandboxes }: Setting, env: Record<string, string> = {}): CrmVendor {
  const { loginUrl, clientId, clientSecret, apiVersion } = sandboxes.endpoints.salesforce;
  const config = loadConfig(SalesforceConfig, {
    SALESFORCE_LOGIN_URL: loginUrl,
    SALESFORCE_CLIENT_ID: clientId,
    SALESFORCE_CLIENT_SECRET: clientSecret,
    SALESFORCE_API_VERSION: apiVersion,
    SALESFORCE_ACCOUNT: ORG,
    ...env,
  });
  return salesforce.connect({ config, dataSource: database.dataSource, metrics: new Metrics() });
}

export async function tearDown({ sandboxes, database }: Setting): Promise<void> {
  await sandboxes.close();
  await database.close();
}

/** One of the deals there are. */
export async function anyDeal({ people }: Setting, where: string): Promise<string> {
  return (await people.query<{ Id: string }>(`SELECT Id FROM Opportunity WHERE ${where} LIMIT 1`)).records[0].Id;
}

/** What people do in the org. */
export function peopleOf(people: Setting['people']): CrmWorld['people'] {
  const stage = (Id: string, StageName: string) =>
    people
      .sobject('Opportunity')
      .update({ Id, StageName })
      .then(() => undefined);
  const first = async (soql: string) => (await people.query<{ Id: string; AccountId: string }>(`${soql} LIMIT 1`)).records[0];
  return {
    anyOpenDeal: async () => (await first('SELECT Id FROM Opportunity WHERE IsClosed = false AND HasOpportunityLineItem = true')).Id,
    customerOf: async id => (await first(`SELECT AccountId FROM Opportunity WHERE Id = '${id}'`)).AccountId,
    win: id => stage(id, 'Signed'),
    lose: id => stage(id, 'Lost'),
    reopen: id => stage(id, 'Negotiation'),
    changeLine: async id => {
      const line = await first(`SELECT Id FROM OpportunityLineItem WHERE OpportunityId = '${id}'`);
      await people.sobject('OpportunityLineItem').update({ Id: line.Id, Quantity: 77.5 });
    },
    changeMilestones: async id => {
      await people
        .sobject('SOW_Milestone__c')
        .create({ Name: 'One more', Opportunity__c: id, Sequence__c: 9, Due_Date__c: '2027-06-30', Amount__c: 12.5 });
    },
    setTaxRegistration: async (Id, Tax_Registration__c) => {
      await people.sobject('Account').update({ Id, Tax_Registration__c });
    },
    newCustomer: async Name => (await people.sobject('Account').create({ Name })).id!,
    deleteCustomer: async id => {
      await people.sobject('Account').destroy(id);
    },
    newDeal: async Name => (await people.sobject('Opportunity').create({ Name, StageName: 'Proposal', CloseDate: '2027-01-31' })).id!,
    deleteDeal: async id => {
      await people.sobject('Opportunity').destroy(id);
    },
    newRateCard: async ({ code, effectiveFrom, ratePerHour }) => {
      const card = await people
        .sobject('Rate_Card__c')
        .create({ Name: `${code} ${effectiveFrom}`, Code__c: code, Effective_From__c: effectiveFrom, CurrencyIsoCode: 'EUR' });
      const product = await first('SELECT Id FROM Product2');
      const rate = await people
        .sobject('Rate_Card_Rate__c')
        .create({ Name: 'x', Rate_Card__c: card.id, Product__c: product.Id, Rate_Per_Hour__c: ratePerHour });
      return async Rate_Per_Hour__c => {
        await people.sobject('Rate_Card_Rate__c').update({ Id: rate.id!, Rate_Per_Hour__c });
      };
    },
  };
}
