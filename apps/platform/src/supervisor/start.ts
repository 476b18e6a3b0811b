import { createFirm } from '../../../sandbox/src/firm/create-firm.js';
import { DataFolder } from '../data-folder.js';
import type { Endpoints } from '../endpoints.js';
import { claimPorts } from '../ports.js';
import { showSampleStory } from '../sample/sample-story.js';
import { bold, dim, red, say, yellow } from '../sample/story.js';
import { platformSettings } from '../settings.js';
import { Platform } from './platform.js';

const seconds = () => `${(performance.now() / 1000).toFixed(1)} s`;

/** `npm start`: runs everything on this machine until Ctrl-C. */
export async function start(): Promise<void> {
  const wanted = platformSettings();
  const data = new DataFolder(wanted.dataDir);
  data.refuseIfRunning();
  const settings = await claimPorts(wanted);
  data.occupy();
  const first = settings.sampleJourneys && !data.samplesDone;
  say(bold('Throughline') + dim(first ? '  first start: a database and a sample firm are made' : ''));
  const platform = new Platform(settings, data, {
    onPart: (name, detail) => say(`  ${name.padEnd(10)} ${detail} ${dim(seconds())}`),
    onRestart: why => say(yellow(`  started again: ${why}`)),
    onHopeless: why => {
      say(red(why));
      void stop(1);
    },
  });
  let ending: Promise<void> | undefined;
  const stop = (code: number): Promise<void> => {
    ending ??= platform.stop().finally(() => {
      data.leave();
      process.exit(code);
    });
    return ending;
  };
  // After a defect here, nobody else would stop Postgres and the others.
  for (const defect of ['uncaughtException', 'unhandledRejection'] as const)
    process.on(defect, error => {
      say(red(`A defect in the supervisor: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`));
      void stop(1);
    });
  let askedAt: number | undefined;
  onAskedToStop(signal => {
    // A terminal's Ctrl-C arrives twice: from the terminal, and forwarded by npm.
    if (askedAt !== undefined && performance.now() - askedAt < 1_000) return;
    if (askedAt !== undefined && signal === 'SIGINT') return void platform.kill().then(() => process.exit(130));
    askedAt ??= performance.now();
    say(dim('\nStopping; Ctrl-C again to stop at once.'));
    void stop(0);
  });
  try {
    const endpoints = await platform.start();
    if (first) data.noteSampled(await showSampleStory(endpoints, createFirm({ size: settings.firmSize }), settings.approvedLines));
    platform.settled();
    showAddresses(endpoints, data);
  } catch (error) {
    if (askedAt !== undefined) return;
    say(red(error instanceof Error ? error.message : String(error)));
    say(dim(`The log: ${data.processLog} and ${data.log}`));
    await stop(1);
  }
}

/**
 * By a signal, or by the death of the npm that started us, because npm can then forward no signal.
 */
function onAskedToStop(stop: (signal: NodeJS.Signals) => void): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop(signal));
  // The reader of our output may go away; that must not keep us from stopping our processes.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  if (!process.env.npm_lifecycle_event) return;
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    stop('SIGTERM');
  }, 500);
  watch.unref();
}

function showAddresses(endpoints: Endpoints, data: DataFolder): void {
  say();
  say(`${bold(`Ready in ${seconds()}.`)} Ctrl-C stops everything.`);
  say(`  GraphiQL    ${endpoints.gateway}/graphiql`);
  say(`  Catalogue   ${endpoints.gateway}/catalogue`);
  say(`  Endpoints   ${data.endpoints}  ${dim('every address, client and person')}`);
  say(`  Log         ${data.log}`);
  say(`  Win another deal and watch it: ${bold('npm run demo')}`);
}
