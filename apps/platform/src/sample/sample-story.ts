import type { Firm } from '../../../sandbox/src/firm/firm.js';
import type { Endpoints } from '../endpoints.js';
import { tellApprovedTime } from './approved-time.js';
import { eachFeedRead } from './feeds.js';
import { sampleMappings, setMappings } from './sample-mappings.js';
import { followDeal, SampleSales } from './sample-sales.js';
import { blockingLines, bold, dim, say, stepLine } from './story.js';
import { ThroughlineApi } from './throughline-api.js';

const ABOUT = ['A clean one.', 'Its customer has no tax registration.', 'Sold by a legal entity that nothing maps.'];
const CURES = ['', 'npm run resolve -- tax-registration', 'npm run resolve -- mapping'];

/** How long the first start waits for the approved time; what is left goes on afterwards. */
const APPROVED_TIME_MS = 30_000;

/** The identity that the samples are made and followed under. */
export function operations(endpoints: Endpoints): ThroughlineApi {
  return new ThroughlineApi(
    endpoints,
    endpoints.clients.find(client => client.name === 'operations')!,
  );
}

/**
 * The first start: sets the firm's mappings, wins three deals in the sandbox Salesforce and tells their journeys until each has
 * come to rest; then what became of the time that was approved before. Begun again after a crash it goes on: what is won is not won again.
 */
export async function tellSampleStory(endpoints: Endpoints, firm: Firm, approvedLines: number): Promise<{ name: string; deal: string }[]> {
  const api = operations(endpoints);
  const sales = new SampleSales(endpoints.sandboxes);
  await Promise.all([setMappings(api, endpoints, sampleMappings(firm)), eachFeedRead(api, endpoints)]);
  const deals = await Promise.all(firm.deals.slice(0, 3).map(deal => sales.dealByName(deal.name)));
  for (const deal of deals) await sales.win(deal);
  const stories = deals.map(deal => ({ deal, journey: followDeal(api, deal) }));
  // The three run at once and are told one after the other.
  for (const [index, { deal, journey }] of stories.entries()) {
    const told = await journey;
    say();
    say(`${bold(deal.name)}  ${dim(ABOUT[index])}`);
    for (const step of told.steps) say(stepLine(step));
    for (const line of blockingLines(told)) say(line);
    say(`  ${told.summary.text}`);
    if (CURES[index]) say(`  ${dim('to resolve it:')} ${bold(CURES[index])}`);
  }
  await tellApprovedTime(api, approvedLines, APPROVED_TIME_MS);
  return deals.map(({ name, opportunityId }) => ({ name, deal: opportunityId }));
}
