import jsforce from 'jsforce';
import type { SandboxEndpoints } from '../../apps/sandbox/src/sandboxes.js';
import { createFirm, createDeals } from '../../apps/sandbox/src/firm/create-firm.js';
import type { FirmDeal } from '../../apps/sandbox/src/firm/firm.js';

const SURVIVOR = 'Survivor of a merge';

/** What sales does, through the vendor's most used client, unchanged. */
export class Sales {
  private constructor(readonly salesforce: jsforce.Connection) {}

  static async logIn({ loginUrl, clientId, clientSecret, apiVersion }: SandboxEndpoints['salesforce']): Promise<Sales> {
    const answer = await fetch(`${loginUrl}/services/oauth2/token`, {
      method: 'POST',
      body: new URLSearchParams({ grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret }),
    });
    const token = (await answer.json()) as { access_token: string; instance_url: string };
    return new Sales(new jsforce.Connection({ instanceUrl: token.instance_url, accessToken: token.access_token, version: apiVersion }));
  }

  /** The sample firm's open deals that win cleanly, by name. */
  static cleanDealNames(): string[] {
    return createFirm()
      .deals.filter(deal => !deal.name.includes('('))
      .map(deal => deal.name);
  }

  async opportunity(name: string): Promise<{ Id: string; AccountId: string }> {
    const { records } = await this.salesforce.query<{ Id: string; AccountId: string }>(
      `SELECT Id, AccountId FROM Opportunity WHERE Name = '${name.replaceAll("'", "\\'")}'`,
    );
    if (records.length !== 1) throw new Error(`${records.length} deals are called ${name}`);
    return records[0];
  }

  /** Puts a deal of the firm's making into the CRM, open; answers its id. */
  async enter(deal: FirmDeal): Promise<string> {
    const { salesforce } = this;
    const firm = createFirm();
    const customer = firm.customers.find(one => one.number === deal.customerNumber)!;
    const { records: accounts } = await salesforce.query<{ Id: string }>(
      `SELECT Id FROM Account WHERE Name = '${customer.name.replaceAll("'", "\\'")}'`,
    );
    const opportunity = await salesforce.sobject('Opportunity').create({
      Name: deal.name,
      AccountId: accounts[0].Id,
      StageName: await this.openStage(),
      CloseDate: deal.closeDate,
      CurrencyIsoCode: deal.currency,
      Legal_Entity__c: deal.entityName,
      Billing_Method__c: deal.billingMethod,
      Practice__c: deal.practice,
      Start_Date__c: deal.startDate,
      End_Date__c: deal.endDate,
      Rate_Card__c: deal.rateCard,
      PO_Number__c: deal.purchaseOrder,
      ...(deal.notToExceed ? { Not_To_Exceed__c: Number(deal.notToExceed) } : {}),
    });
    if (!opportunity.success) throw new Error(JSON.stringify(opportunity));
    const entries = await this.#priceBook(deal.currency);
    const products = new Map(firm.roles.map(role => [role.code, role.productCode]));
    await salesforce.sobject('OpportunityLineItem').create(
      deal.lines.map(line => ({
        OpportunityId: opportunity.id,
        PricebookEntryId: entries.get(products.get(line.role)!)!,
        Quantity: line.hours,
        UnitPrice: Number(line.ratePerHour),
        ServiceDate: line.startDate,
        End_Date__c: line.endDate,
      })),
    );
    if (deal.milestones.length > 0) {
      await salesforce.sobject('SOW_Milestone__c').create(
        deal.milestones.map((milestone, index) => ({
          Opportunity__c: opportunity.id,
          Name: milestone.name,
          Sequence__c: index + 1,
          Due_Date__c: milestone.dueDate,
          Amount__c: Number(milestone.amount),
          CurrencyIsoCode: deal.currency,
        })),
      );
    }
    return opportunity.id;
  }

  static moreDeals(count: number, seed = 7): FirmDeal[] {
    return createDeals(createFirm(), count, seed);
  }

  async win(...ids: string[]): Promise<void> {
    await this.#set(ids, { StageName: await this.wonStage() });
  }

  /** Deletes the deal of that name, unless it is gone. */
  async deleteDeal(name: string): Promise<void> {
    const found = await this.#named(name);
    if (found) await this.salesforce.sobject('Opportunity').destroy(found.Id);
  }

  /** Merges the account of a deal into one made for that, with an address and a tax registration of its own; what was made stays when asked again. */
  async mergeIntoAnother(name: string): Promise<void> {
    const { AccountId } = await this.opportunity(name);
    const account = await this.salesforce.sobject('Account').retrieve(AccountId);
    if (account.Name === SURVIVOR) return;
    const made = await this.salesforce.query<{ Id: string }>(`SELECT Id FROM Account WHERE Name = '${SURVIVOR}'`);
    const survivor = made.records[0]?.Id ?? (await this.#survivorOf(account));
    const answer = await fetch(`${this.salesforce.instanceUrl}/sandbox/sales/merge/${survivor}/${AccountId}`, { method: 'POST' });
    if (!answer.ok) throw new Error(`${AccountId} was not merged: ${answer.status} ${await answer.text()}`);
  }

  async #survivorOf(account: Record<string, unknown>): Promise<string> {
    const copied = ['BillingStreet', 'BillingCity', 'BillingState', 'BillingPostalCode', 'BillingCountry', 'Billing_Email__c', 'Payment_Terms__c'];
    const answer = (await this.salesforce.sobject('Account').create({
      ...Object.fromEntries(copied.map(field => [field, account[field]]).filter(([, value]) => value !== null && value !== undefined)),
      Name: SURVIVOR,
      CurrencyIsoCode: account.CurrencyIsoCode as string,
      Tax_Registration__c: account.Tax_Registration__c as string,
    })) as unknown as { success: boolean; id: string };
    if (!answer.success) throw new Error(JSON.stringify(answer));
    return answer.id;
  }

  async #named(name: string): Promise<{ Id: string } | undefined> {
    const { records } = await this.salesforce.query<{ Id: string }>(`SELECT Id FROM Opportunity WHERE Name = '${name.replaceAll("'", "\\'")}'`);
    return records[0];
  }

  async reopen(...ids: string[]): Promise<void> {
    await this.#set(ids, { StageName: await this.openStage() });
  }

  async change(id: string, fields: Record<string, unknown>): Promise<void> {
    await this.#set([id], fields);
  }

  async wonStage(): Promise<string> {
    return (await this.#stage('IsWon = true')) ?? fail();
  }

  async openStage(): Promise<string> {
    return (await this.#stage('IsClosed = false')) ?? fail();
  }

  async #stage(where: string): Promise<string | undefined> {
    const { records } = await this.salesforce.query<{ MasterLabel: string }>(
      `SELECT MasterLabel FROM OpportunityStage WHERE ${where} ORDER BY SortOrder DESC LIMIT 1`,
    );
    return records[0]?.MasterLabel;
  }

  async #set(ids: string[], fields: Record<string, unknown>): Promise<void> {
    for (let from = 0; from < ids.length; from += 200) {
      const results = await this.salesforce.sobject('Opportunity').update(ids.slice(from, from + 200).map(Id => ({ Id, ...fields })) as never);
      const refused = [results].flat().filter(result => !result.success);
      if (refused.length > 0) throw new Error(JSON.stringify(refused));
    }
  }

  async #priceBook(currency: string): Promise<Map<string, string>> {
    const { records } = await this.salesforce.query<{ Id: string; ProductCode: string }>(
      `SELECT Id, ProductCode FROM PricebookEntry WHERE CurrencyIsoCode = '${currency}' AND IsActive = true`,
    );
    return new Map(records.map(entry => [entry.ProductCode, entry.Id]));
  }
}

function fail(): never {
  throw new Error('the org has no such stage');
}
