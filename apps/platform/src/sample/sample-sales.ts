import type { SandboxEndpoints } from '../../../sandbox/src/sandboxes.js';
import { atRest, followJourney, type Journey, type JourneyStep } from './journeys.js';
import { quoted, SalesforceRest } from './salesforce-rest.js';
import type { ThroughlineApi } from './throughline-api.js';

export interface SampleDeal {
  opportunityId: string;
  name: string;
  isWon: boolean;
}

interface OpportunityRow {
  Id: string;
  Name: string;
  IsWon: boolean;
}

const asDeal = ({ Id, Name, IsWon }: OpportunityRow): SampleDeal => ({ opportunityId: Id, name: Name, isWon: IsWon });

/** The sample firm's sales people, at work in their CRM, the sandbox Salesforce. */
export class SampleSales {
  readonly #org: SalesforceRest;

  constructor(private readonly sandboxes: Pick<SandboxEndpoints, 'salesforce'>) {
    this.#org = new SalesforceRest(sandboxes.salesforce);
  }

  async dealByName(name: string): Promise<SampleDeal> {
    const [found] = await this.#org.query<OpportunityRow>(`SELECT Id, Name, IsWon FROM Opportunity WHERE Name = ${quoted(name)}`);
    if (!found) throw new Error(`the sandbox Salesforce has no opportunity "${name}"`);
    return asDeal(found);
  }

  /** The next open deal. */
  async nextOpenDeal(name?: string): Promise<SampleDeal | undefined> {
    const named = name ? ` AND Name LIKE ${quoted(`%${name}%`)}` : '';
    const [found] = await this.#org.query<OpportunityRow>(
      `SELECT Id, Name, IsWon FROM Opportunity WHERE IsClosed = false${named} ORDER BY CreatedDate, Id LIMIT 1`,
    );
    return found && asDeal(found);
  }

  /**
   * Sets the stage that the org counts as won. Does nothing if the deal is won already. Returns
   * what was done, for people.
   */
  async win(deal: SampleDeal): Promise<string> {
    if (!deal.isWon) {
      const [stage] = await this.#org.query<{ ApiName: string }>(
        'SELECT ApiName FROM OpportunityStage WHERE IsWon = true AND IsActive = true ORDER BY SortOrder LIMIT 1',
      );
      await this.#org.update('Opportunity', deal.opportunityId, { StageName: stage.ApiName });
    }
    return `won in Salesforce as opportunity ${deal.opportunityId}`;
  }

  /** Enters the tax registration of a customer. Returns what was done, for people. */
  async enterTaxRegistration(customerName: string, registration: string): Promise<string> {
    const [account] = await this.#org.query<{ Id: string }>(`SELECT Id FROM Account WHERE Name = ${quoted(customerName)}`);
    await this.#org.update('Account', account.Id, { Tax_Registration__c: registration });
    return `PATCH ${this.sandboxes.salesforce.loginUrl}/…/Account/${account.Id} {"Tax_Registration__c":"${registration}"}`;
  }
}

/** Follows a won deal until its project is active or something blocks it. */
export function followDeal(api: ThroughlineApi, deal: SampleDeal, onStep?: (step: JourneyStep) => void, withinMs = 120_000): Promise<Journey> {
  return followJourney(api, deal.opportunityId, { onStep, settled: atRest, withinMs });
}
