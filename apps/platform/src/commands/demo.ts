import { followDeal, SampleSales } from '../sample/sample-sales.js';
import { operations } from '../sample/sample-story.js';
import { blockingLines, bold, dim, say, stepLine } from '../sample/story.js';
import { CommandError } from './command-error.js';
import { runningEndpoints } from './running-platform.js';

/**
 * `npm run demo [-- part of a name]`: wins the next open deal in the sandbox of the CRM and shows
 * its journey live.
 */
export async function demo([name]: string[]): Promise<void> {
  const endpoints = runningEndpoints();
  const sales = new SampleSales(endpoints.sandboxes);
  const deal = await sales.nextOpenDeal(name);
  if (!deal)
    throw new CommandError(name ? `No open deal has "${name}" in its name.` : 'Every deal of the sample firm is closed: npm run reset begins anew.');
  const how = await sales.win(deal);
  const won = performance.now();
  say(`${bold(deal.name)}  ${dim(how)}`);
  const journey = await followDeal(operations(endpoints), deal, step => say(stepLine(step)));
  for (const line of blockingLines(journey)) say(line);
  say(`  ${journey.summary.text} ${dim(`${((performance.now() - won) / 1000).toFixed(1)} s after it was won`)}`);
}
