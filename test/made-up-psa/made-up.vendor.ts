import type { PsaAbility } from '#apis/psa';
import { type CheckResult, checkResult, type WriteGuarantee, OnceWriter, type VendorClock } from '#connector';
import type { VendorConnection } from '#service';
import type { PsaVendor, PsaVendorDefinition } from '../../apps/system/psa/src/vendors/port/psa.port.js';
import { MadeUpApi, MadeUpConfig } from './made-up.api.js';
import { MadeUpProjects } from './projects/projects.js';
import { MadeUpTime } from './time/time.js';

/** A PSA with projects, tasks and hours, and nothing else. It refuses a second record of a key, so that nothing is made twice. */
export class MadeUpVendor implements PsaVendor {
  readonly abilities: readonly PsaAbility[] = [];
  readonly means: Record<string, WriteGuarantee> = { project: 'unique-key', task: 'unique-key' };
  readonly projects: MadeUpProjects;
  readonly timeEntries: MadeUpTime;
  readonly #api: MadeUpApi;
  readonly #once: OnceWriter;

  constructor(connection: VendorConnection<MadeUpConfig>) {
    const api = new MadeUpApi(connection);
    const { account, settlingMs } = connection.config;
    this.#api = api;
    // Whoever is refused for its key asks by it: an id is all that is to be known of what has it.
    const unique = (kind: string) => ({ kind, means: 'unique-key' as const, read: (id: string) => Promise.resolve({ id }) });
    this.#once = new OnceWriter(connection.dataSource, { system: 'made-up', account, settlingMs }, [unique('project'), unique('task')]);
    this.projects = new MadeUpProjects(api, this.#once);
    this.timeEntries = new MadeUpTime(api);
  }

  get account(): string {
    return this.#api.account;
  }

  get clock(): VendorClock {
    return this.#api.connector.clock;
  }

  exclusively<R>(key: string, _hash: string, work: () => Promise<R>): Promise<R> {
    return this.#once.exclusively(key, work);
  }

  watch(): { stop(): Promise<void> } {
    return this.#once.watch();
  }

  async check(): Promise<CheckResult[]> {
    const read = (what: string, path: string, cure: string) =>
      checkResult(what, async () => ((await this.#api.read('check', path)).status === 200 ? 'it answers' : 'it says nothing'), cure);
    const login = await read('log in', '/me', 'MADE_UP_KEY was refused: copy a new one from the settings of the user.');
    if (!login.ok) return [login];
    return [
      login,
      await read('read projects', '/projects', 'The user has to see all projects.'),
      await read('read hours', '/hours', 'The user has to see the hours of everybody.'),
    ];
  }

  close(): Promise<void> {
    return this.#api.connector.close();
  }
}

/** Its row, as `vendors/index.ts` has one of each vendor. */
export const madeUp: PsaVendorDefinition<MadeUpConfig> = {
  name: 'made-up',
  config: MadeUpConfig,
  connect: connection => new MadeUpVendor(connection),
};
