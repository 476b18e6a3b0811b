import { DataFolder } from '../data-folder.js';
import { say } from '../sample/story.js';
import { platformSettings } from '../settings.js';
import { CommandError } from './command-error.js';

/** `npm run reset`: deletes all data; the next start is a first one. */
export async function reset(): Promise<void> {
  const data = new DataFolder(platformSettings().dataDir);
  const pid = data.runningPid;
  if (pid !== undefined) throw new CommandError(`The platform is running on ${data.path} as process ${pid}: stop it first.`);
  data.remove();
  say(`${data.path} is gone; the next npm start makes a new one.`);
}
