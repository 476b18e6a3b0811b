import { createFirm } from '../../../sandbox/src/firm/create-firm.js';
import { apiPath, type Endpoints } from '../endpoints.js';
import { atRest, type Journey, followJourney, readJourney } from '../sample/journeys.js';
import { mappingPath } from '../sample/sample-mappings.js';
import { SampleSales } from '../sample/sample-sales.js';
import { operations } from '../sample/sample-story.js';
import { blockingLines, bold, dim, say, stepLine } from '../sample/story.js';
import { CommandError } from './command-error.js';
import { runningEndpoints } from './running-platform.js';

const FIRM = createFirm();
const [, UNREGISTERED, UNMAPPED] = FIRM.deals;

/** A registration with valid check digits of its country. */
const REGISTRATIONS: Record<string, string> = {
  US: '98-7654321',
  GB: 'GB987654353',
  DE: 'DE987654328',
  AT: 'ATU13585627',
  FR: 'FR40303265045',
  NL: 'NL004495445B01',
};

const CURES: Record<string, (endpoints: Endpoints) => Promise<void>> = {
  'tax-registration': enterTaxRegistration,
  mapping: mapLegalEntity,
};

/**
 * `npm run resolve [-- tax-registration | mapping]`: meets the needs of the sample exceptions, of
 * both by default, and shows how the journeys went on.
 */
export async function resolveSample([what]: string[]): Promise<void> {
  if (what !== undefined && !CURES[what])
    throw new CommandError(`Say what to bring: npm run resolve -- ${Object.keys(CURES).join(' | ')}; or nothing, for both.`);
  for (const each of what ? [what] : Object.keys(CURES)) await bring(each);
}

async function bring(what: string): Promise<void> {
  const endpoints = runningEndpoints();
  const api = operations(endpoints);
  const { name } = what === 'mapping' ? UNMAPPED : UNREGISTERED;
  const { opportunityId } = await new SampleSales(endpoints.sandboxes).dealByName(name);
  const before = await readJourney(api, opportunityId);
  if (!before) throw new CommandError(`"${name}" has not been won yet.`);
  if (before.summary.code === 'summary.complete') return say(`${bold(name)}  ${dim('needs nothing any more.')}`);
  await CURES[what](endpoints);
  const held = before.blocking.map(({ id }) => id);
  // At its end, or blocked by a new exception. The old exception stays open until its run goes on.
  const settled = (journey: Journey) => atRest(journey) && journey.blocking.every(({ id }) => !held.includes(id));
  const known = new Set(before.steps.map(step => step.id));
  const journey = await followJourney(api, opportunityId, { settled, withinMs: 60_000 });
  // All steps at once: the change in the CRM is read only after the run that preceded it, but
  // belongs before that.
  for (const step of journey.steps) if (!known.has(step.id)) say(stepLine(step));
  for (const line of blockingLines(journey)) say(line);
  say(`  ${journey.summary.text}`);
}

/** Changes the source, as somebody in sales would. */
async function enterTaxRegistration({ sandboxes }: Endpoints): Promise<void> {
  const customer = FIRM.customers.find(({ number }) => number === UNREGISTERED.customerNumber)!;
  const how = await new SampleSales(sandboxes).enterTaxRegistration(customer.name, REGISTRATIONS[customer.country]);
  say(`${bold(UNREGISTERED.name)}  ${dim(how)}`);
}

/** Maps the word to our legal entity with the same currency. */
async function mapLegalEntity(endpoints: Endpoints): Promise<void> {
  const target = FIRM.entities.find(({ currency }) => currency === UNMAPPED.currency)!.code;
  const path = `${apiPath(endpoints, 'project-initiation')}/${mappingPath({ kind: 'legal-entity', source: UNMAPPED.entityName })}`;
  await operations(endpoints).put(path, { target, reason: `${UNMAPPED.entityName} delivers as ${target}` });
  say(`${bold(UNMAPPED.name)}  ${dim(`PUT ${endpoints.gateway}${path} {"target":"${target}"}`)}`);
}
