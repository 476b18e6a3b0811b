import type { Firm } from '../../../sandbox/src/firm/firm.js';
import type { Endpoints } from '../endpoints.js';
import { showApprovedTime } from './approved-time.js';
import { eachFeedRead } from './feeds.js';
import { setConsumers } from './sample-consumers.js';
import { setPartners } from './sample-partners.js';
import { sampleMappings, setMappings } from './sample-mappings.js';
import { followDeal, SampleSales } from './sample-sales.js';
import { blockingLines, bold, dim, say, stepLine } from './story.js';
import { ThroughlineApi } from './throughline-api.js';

const ABOUT = ['A clean one.', 'Its customer has no tax registration.', 'Sold by a legal entity that nothing maps.'];
const CURES = ['', 'npm run resolve -- tax-registration', 'npm run resolve -- mapping'];

/**
 * How long the first start waits for the approved time to be posted; posting goes on afterwards.
 */
const APPROVED_TIME_MS = 30_000;

/** The identity that creates and follows the samples. */
export function operations(endpoints: Endpoints): ThroughlineApi {
  return new ThroughlineApi(
    endpoints,
    endpoints.clients.find(client => client.name === 'operations')!,
  );
}

/**
 * The first start: sets the firm's consumers and mappings, wins three deals in the sandbox Salesforce and shows
 * their journeys to their ends, sets its partners, then the result for the time approved before. After a crash it
 * continues: won deals are not won again.
 */
export async function showSampleStory(endpoints: Endpoints, firm: Firm, approvedLines: number): Promise<{ name: string; deal: string }[]> {
  const api = operations(endpoints);
  const sales = new SampleSales(endpoints.sandboxes);
  await setConsumers(api, endpoints);
  await Promise.all([setMappings(api, endpoints, sampleMappings(firm)), eachFeedRead(api, endpoints)]);
  const deals = await Promise.all(firm.deals.slice(0, 3).map(deal => sales.dealByName(deal.name)));
  for (const deal of deals) await sales.win(deal);
  const stories = deals.map(deal => ({ deal, journey: followDeal(api, deal) }));
  // The three run at the same time and are shown one after the other.
  for (const [index, { deal, journey }] of stories.entries()) {
    const finished = await journey;
    say();
    say(`${bold(deal.name)}  ${dim(ABOUT[index])}`);
    for (const step of finished.steps) say(stepLine(step));
    for (const line of blockingLines(finished)) say(line);
    say(`  ${finished.summary.text}`);
    if (CURES[index]) say(`  ${dim('to resolve it:')} ${bold(CURES[index])}`);
  }
  await setPartners(api, endpoints, deals[0].name);
  await showApprovedTime(api, approvedLines, APPROVED_TIME_MS);
  return deals.map(({ name, opportunityId }) => ({ name, deal: opportunityId }));
}
