import { SetAsides } from '#events';
import { dataSourceFor } from '#persistence';
import { configureLog, Metrics } from '#service';
import { BackEnd, notesFeed, publisher } from './back-end.fixture.js';
import { Capture } from './capture.js';

/**
 * What the child process does: read this many notes in pages of two, and die at one moment of one
 * page.
 */
export interface CaptureOrder {
  databaseUrl: string;
  notes: number;
  diesInPage: number;
  /**
   * When it dies: before the page is stored, or inside the page's transaction. `stopped`: it never
   * dies; the parent freezes it inside the transaction.
   */
  moment: 'before' | 'within' | 'stopped';
}

async function main({ databaseUrl, notes, diesInPage, moment }: CaptureOrder): Promise<void> {
  configureLog({ logLevel: 'fatal' });
  const dataSource = await dataSourceFor({ name: 'child', migrations: [] }, databaseUrl).initialize();
  const backEnd = new BackEnd();
  for (let i = 0; i < notes; i++) backEnd.put({ id: `n${i}`, title: `note ${i}` });
  let page = 0;
  backEnd.beforePage = async at => {
    page = at;
    if (at !== diesInPage) return;
    if (moment === 'before') process.kill(process.pid, 'SIGKILL');
    if (moment === 'stopped') process.kill(process.pid, 'SIGSTOP');
  };
  const feed = notesFeed(backEnd);
  const { events } = feed;
  feed.events = change => {
    if (page === diesInPage && moment === 'within') process.kill(process.pid, 'SIGKILL');
    return events(change);
  };
  const capture = new Capture(
    { system: 'crm', polls: false },
    dataSource,
    publisher,
    new Metrics(),
    new SetAsides(publisher, new Metrics(), dataSource),
  );
  capture.register(feed);
  const outcome = await capture.pollNow('notes').then(
    () => 'read',
    (error: { code?: string }) => error.code ?? String(error),
  );
  process.send?.(outcome);
  await dataSource.destroy();
  process.disconnect?.();
}

if (process.env.CAPTURE_CHILD) {
  main(JSON.parse(process.env.CAPTURE_CHILD) as CaptureOrder).catch((error: unknown) => {
    console.error(error);
    process.exit(1);
  });
}
