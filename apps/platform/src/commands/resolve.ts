import { createFirm } from '../../../sandbox/src/firm/create-firm.js';
import type { Endpoints } from '../endpoints.js';
import { type Journey, followJourney, readJourney } from '../sample/journeys.js';
import { quoted, SalesforceRest } from '../sample/salesforce-rest.js';
import { dealByName, type SampleDeal } from '../sample/sample-deals.js';
import { mappingPath } from '../sample/sample-mappings.js';
import { operations } from '../sample/sample-story.js';
import { blockingLines, bold, dim, say, stepLine } from '../sample/story.js';
import { CommandError } from './command-error.js';
import { runningEndpoints } from './running-platform.js';

const FIRM = createFirm();
const [, UNREGISTERED, UNMAPPED] = FIRM.deals;

/** A registration in the form of its country, of nobody. */
const REGISTRATIONS: Record<string, string> = {
  US: '98-7654321',
  GB: 'GB987654321',
  DE: 'DE987654321',
  AT: 'ATU98765432',
  FR: 'FR98765432109',
  NL: 'NL987654321B01',
};

const CURES: Record<string, (endpoints: Endpoints) => Promise<SampleDeal>> = {
  'tax-registration': enterTaxRegistration,
  mapping: mapLegalEntity,
};

/** `npm run resolve -- tax-registration | mapping`: brings what a sample exception needs, and shows the journey go on. */
export async function resolveSample([what]: string[]): Promise<void> {
  const cure = CURES[what ?? ''];
  if (!cure) throw new CommandError(`Say what to bring: npm run resolve -- ${Object.keys(CURES).join(' | ')}`);
  const endpoints = runningEndpoints();
  const api = operations(endpoints);
  const name = what === 'mapping' ? UNMAPPED.name : UNREGISTERED.name;
  const before = await readJourney(api, (await dealByName(new SalesforceRest(endpoints.sandboxes.salesforce), name)).opportunityId);
  if (!before) throw new CommandError(`"${name}" has not been won yet.`);
  const deal = await cure(endpoints);
  const settled = ({ summary, blocking }: Journey) =>
    summary.code === 'summary.complete' || blocking.some(one => !before.blocking.some(({ id }) => id === one.id));
  const known = new Set(before.steps.map(step => step.id));
  const journey = await followJourney(api, deal.opportunityId, { known, onStep: step => say(stepLine(step)), settled, withinMs: 60_000 });
  for (const line of blockingLines(journey)) say(line);
  say(`  ${journey.summary.text}`);
}

/** At its source, as somebody in sales does it. */
async function enterTaxRegistration({ sandboxes }: Endpoints): Promise<SampleDeal> {
  const salesforce = new SalesforceRest(sandboxes.salesforce);
  const deal = await dealByName(salesforce, UNREGISTERED.name);
  const customer = FIRM.customers.find(({ number }) => number === UNREGISTERED.customerNumber)!;
  const [account] = await salesforce.query<{ Id: string }>(`SELECT Id FROM Account WHERE Name = ${quoted(customer.name)}`);
  const registration = REGISTRATIONS[customer.country];
  await salesforce.update('Account', account.Id, { Tax_Registration__c: registration });
  say(`${bold(deal.name)}  ${dim(`PATCH ${sandboxes.salesforce.loginUrl}/…/Account/${account.Id} {"Tax_Registration__c":"${registration}"}`)}`);
  return deal;
}

/** The legal entity of ours that deals in the same currency. */
async function mapLegalEntity(endpoints: Endpoints): Promise<SampleDeal> {
  const deal = await dealByName(new SalesforceRest(endpoints.sandboxes.salesforce), UNMAPPED.name);
  const target = FIRM.entities.find(({ currency }) => currency === UNMAPPED.currency)!.code;
  const path = mappingPath({ kind: 'legal-entity', source: UNMAPPED.entityName });
  await operations(endpoints).put(path, { target, reason: `${UNMAPPED.entityName} delivers as ${target}` });
  say(`${bold(deal.name)}  ${dim(`PUT ${endpoints.gateway}${path} {"target":"${target}"}`)}`);
  return deal;
}
