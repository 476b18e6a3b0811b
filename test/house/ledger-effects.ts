import type { Effect } from '#canonical';
import { loadConfig, Metrics } from '#service';
import { NetsuiteConfig } from '../../apps/system/erp/src/vendors/netsuite/netsuite.config.js';
import { statesOf } from '../../apps/system/erp/src/vendors/netsuite/netsuite-history.fixture.js';
import { billingTypeIds } from '../../apps/system/erp/src/vendors/netsuite/projects/projects.mapper.js';
import { KantataConfig } from '../../apps/system/psa/src/vendors/kantata/kantata.config.js';
import { KantataVendor } from '../../apps/system/psa/src/vendors/kantata/kantata.vendor.js';
import { headOf, isTask, milestoneOf, taskOf } from '../../apps/system/psa/src/vendors/kantata/projects/projects.mapper.js';
import type { KantataStory, KantataWorkspace } from '../../apps/system/psa/src/vendors/kantata/projects/projects.wire.js';
import { seatOfResource, staffingRequestOf } from '../../apps/system/psa/src/vendors/kantata/staffing/staffing.mapper.js';
import type { KantataRequest, KantataSeat } from '../../apps/system/psa/src/vendors/kantata/staffing/staffing.wire.js';
import type { LedgerRow } from '../../apps/sandbox/src/kit/index.js';
import type { House } from './house.js';

/** A committed write in canonical terms: what an effect says, told by the vendor's own history. */
export type MadeEffect = Pick<Effect, 'system' | 'noun' | 'externalId' | 'before' | 'after'>;

/** Every write the sandboxes' ledgers record after these rows, each read by the mapper that reads the vendor's records. */
export async function effectsInLedgers(house: House, after: { kantata: number; netsuite: number }): Promise<MadeEffect[]> {
  const [kantata, netsuite] = await Promise.all([inKantata(house, after.kantata), inNetsuite(house, after.netsuite)]);
  return [...kantata, ...netsuite];
}

async function inNetsuite(house: House, after: number): Promise<MadeEffect[]> {
  const { netsuite } = house.sandboxes.endpoints;
  const config = loadConfig(NetsuiteConfig, {
    NETSUITE_BASE_URL: netsuite.baseUrl,
    NETSUITE_TOKEN_URL: netsuite.tokenUrl,
    NETSUITE_ACCOUNT: netsuite.accountId,
    NETSUITE_CLIENT_ID: netsuite.clientId,
    NETSUITE_CERTIFICATE_ID: netsuite.certificateId,
    NETSUITE_PRIVATE_KEY_FILE: netsuite.privateKeyFile,
  });
  const rows = await house.ledger('netsuite', after);
  const states = statesOf(rows, config, billingTypeIds(config.billingTypes ?? []));
  if (states.length !== rows.length) throw new Error(`${rows.length - states.length} writes at NetSuite that no effect can account for`);
  return states.map(({ noun, externalId, before, after: state }) => ({
    system: 'erp',
    noun,
    externalId,
    before: before as Record<string, unknown> | null,
    after: state as Record<string, unknown> | null,
  }));
}

async function inKantata(house: House, after: number): Promise<MadeEffect[]> {
  const { kantata } = house.sandboxes.endpoints;
  const config = loadConfig(KantataConfig, { KANTATA_BASE_URL: kantata.baseUrl, KANTATA_TOKEN: kantata.accessToken, KANTATA_ACCOUNT: '7001' });
  const { names, directory } = new KantataVendor({ config, dataSource: house.database.dataSource, metrics: new Metrics() });
  const projects = new Map<string, { projectId: string; currency: string; currency_base_unit: number }>();
  const told = async ({ type, id }: LedgerRow, record: unknown): Promise<{ noun: string; state: { id: string } }> => {
    const { workspace_id, resource } = record as { workspace_id?: unknown; resource?: { workspace_id?: unknown } };
    const project = projects.get(String(workspace_id ?? resource?.workspace_id))!;
    switch (type) {
      case 'workspaces': {
        const head = await directory.using(ids => headOf(record as KantataWorkspace, names, ids));
        projects.set(id, { projectId: head.id, currency: head.currency, currency_base_unit: (record as KantataWorkspace).currency_base_unit });
        return { noun: 'project', state: head };
      }
      case 'stories': {
        const story = record as KantataStory;
        return isTask(story)
          ? { noun: 'task', state: taskOf(story, project, names) }
          : { noun: 'milestone', state: milestoneOf(story, project, names) };
      }
      case 'workspace_resources':
        return { noun: 'staffing-resource', state: seatOfResource(record as KantataSeat, project.projectId, names) };
      case 'resource_requests':
        return { noun: 'staffing-request', state: staffingRequestOf(record as KantataRequest, project.projectId, names) };
      default:
        throw new Error(`a write of ${type} at Kantata that no effect can account for`);
    }
  };
  const effects: MadeEffect[] = [];
  for (const row of await house.ledger('kantata', after)) {
    const before = row.before === null ? null : (await told(row, row.before)).state;
    const { noun, state } = await told(row, row.after);
    effects.push({
      system: 'psa',
      noun,
      externalId: state.id,
      before: before,
      after: state,
    });
  }
  return effects;
}
