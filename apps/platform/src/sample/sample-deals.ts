import { type Journey, type JourneyStep, atRest, followJourney } from './journeys.js';
import { quoted, type SalesforceRest } from './salesforce-rest.js';
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

export async function dealByName(salesforce: SalesforceRest, name: string): Promise<SampleDeal> {
  const [found] = await salesforce.query<OpportunityRow>(`SELECT Id, Name, IsWon FROM Opportunity WHERE Name = ${quoted(name)}`);
  if (!found) throw new Error(`the sandbox Salesforce has no opportunity "${name}"`);
  return asDeal(found);
}

/** The next deal that nobody has closed. */
export async function nextOpenDeal(salesforce: SalesforceRest, name?: string): Promise<SampleDeal | undefined> {
  const named = name ? ` AND Name LIKE ${quoted(`%${name}%`)}` : '';
  const [found] = await salesforce.query<OpportunityRow>(
    `SELECT Id, Name, IsWon FROM Opportunity WHERE IsClosed = false${named} ORDER BY CreatedDate, Id LIMIT 1`,
  );
  return found && asDeal(found);
}

/** As a salesperson does: sets the stage that the org counts as won. Does nothing to a deal that is won. */
export async function win(salesforce: SalesforceRest, deal: SampleDeal): Promise<void> {
  if (deal.isWon) return;
  const [stage] = await salesforce.query<{ ApiName: string }>(
    'SELECT ApiName FROM OpportunityStage WHERE IsWon = true AND IsActive = true ORDER BY SortOrder LIMIT 1',
  );
  await salesforce.update('Opportunity', deal.opportunityId, { StageName: stage.ApiName });
}

/** Follows a deal that was won until its project runs or something holds it. */
export function followDeal(api: ThroughlineApi, deal: SampleDeal, onStep?: (step: JourneyStep) => void, withinMs = 120_000): Promise<Journey> {
  return followJourney(api, deal.opportunityId, { onStep, settled: atRest, withinMs });
}
