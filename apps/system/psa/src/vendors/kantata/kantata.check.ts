import type { ExpenseEntry, TimeEntry } from '#canonical';
import { type CheckResult, checkResult } from '#connector';
import type { KantataApi } from './kantata.api.js';
import type { KantataConfig } from './kantata.config.js';
import type { KantataDirectory } from './kantata-directory.js';
import { roleNameOf, type KantataNames } from './kantata-names.js';
import { checkLines } from './lines/lines.check.js';
import type { KantataLines } from './lines/lines.js';
import type { KantataExpense, KantataTimeEntry } from './lines/lines.wire.js';
import type { ProjectChanges } from './projects/project-changes.js';
import type { ProjectReader } from './projects/project-reader.js';
import type { StaffingReader } from './staffing/staffing-reader.js';

interface Checked {
  config: KantataConfig;
  names: KantataNames;
  api: KantataApi;
  directory: KantataDirectory;
  projects: ProjectReader;
  changes: ProjectChanges;
  staffing: StaffingReader;
  timeEntries: KantataLines<KantataTimeEntry, TimeEntry>;
  expenses: KantataLines<KantataExpense, ExpenseEntry>;
}

/** Logs in, reads one page of each thing needed, and says in plain words what is missing. */
export async function checkKantata(vendor: Checked): Promise<CheckResult[]> {
  const { config, names, directory, projects } = vendor;
  const login = await checkResult(
    'log in',
    async () => `as ${(await directory.me()).full_name}`,
    'The token in KANTATA_TOKEN was refused: copy a new one from the user’s settings.',
  );
  if (!login.ok) return [login];
  return [
    login,
    await checkResult(
      'read projects',
      async () => `${(await first(projects.calls.allWorkspaces())).count} projects are visible`,
      'The user needs an access group that sees all projects.',
    ),
    await moneyFinding(projects),
    ...(config.changeFeed === 'events' ? [await feedFinding(vendor.changes)] : []),
    await checkResult(
      'read staffing requests',
      async () => `${(await first(vendor.staffing.calls.requestsChanged(null))).count} requests are visible`,
      'The user needs resource management rights.',
    ),
    await checkResult(
      'read rate cards',
      async () => {
        const { rows: cards } = await directory.rateCards();
        if (cards.length === 0) throw new Error('the account has no rate card');
        return cards.map(card => `${card.rate_card_set_title} (${card.currency})`).join(', ');
      },
      'Rate cards are for administrators: give the user that right, or add a card.',
    ),
    ...(await checkLines(vendor.api, vendor.timeEntries, vendor.expenses)),
    ...(await roleFindings(directory, names)),
    ...(await fieldFindings(directory, names)),
    ...(config.approverEmail === undefined ? [] : [await approverFinding(directory, config.approverEmail)]),
  ];
}

const feedFinding = (changes: ProjectChanges): Promise<CheckResult> =>
  checkResult(
    'read the change feed',
    async () => {
      await changes.newestEvent();
      return 'changes are published';
    },
    'Subscribed events are a paid add-on, and only an account administrator may read them. Without it set KANTATA_CHANGE_FEED=lists.',
  );

async function first<T>(pages: AsyncIterable<T>): Promise<T> {
  for await (const page of pages) return page;
  throw new Error('nothing was answered');
}

/**
 * Money fields are visible only with financial rights; without them the wire check misses
 * `price_in_cents`.
 */
const moneyFinding = (projects: ProjectReader): Promise<CheckResult> =>
  checkResult(
    'see budgets',
    async () => {
      await first(projects.calls.allWorkspaces());
      return 'budgets are visible';
    },
    'The user needs financial rights on projects.',
  );

async function roleFindings(directory: KantataDirectory, names: KantataNames): Promise<CheckResult[]> {
  const roles = await directory.roles();
  const listed = await checkResult(
    'read roles',
    async () => {
      if (roles.length === 0) throw new Error('the account has no roles');
      return roles.map(({ name }) => name).join(', ');
    },
    'Staffing requests name a role: add the roles that are sold.',
  );
  const known = new Set(roles.map(({ name }) => name));
  const mapped = Object.keys(names.roles).filter(code => !known.has(roleNameOf(code, names)));
  return [
    listed,
    ...mapped.map(code => ({
      what: `role ${code}`,
      ok: false,
      say: `KANTATA_ROLES maps it to "${roleNameOf(code, names)}", which the account has not.`,
    })),
  ];
}

async function fieldFindings(directory: KantataDirectory, names: KantataNames): Promise<CheckResult[]> {
  const wanted: [subject: string, type: string, name: string][] = [
    ...[...Object.values(names.workspace), ...Object.values(names.extensions)].map((name): [string, string, string] => ['Workspace', 'string', name]),
    ['Story', 'string', names.story.role],
    ['Story', 'number', names.story.sequence],
    ['Resource', 'string', names.seat.skills],
    ['Resource', 'string', names.seat.legalEntity],
    ['Resource', 'number', names.seat.minutes],
    ['Resource', 'date', names.seat.start],
    ['Resource', 'date', names.seat.end],
  ];
  const there = new Map<string, string>();
  for (const subject of ['Workspace', 'Story', 'Resource'])
    for (const { name, value_type } of await directory.customFields(subject)) there.set(`${subject}:${name}`, value_type);
  return wanted.map(([subject, type, name]) => {
    const found = there.get(`${subject}:${name}`);
    const what = `custom field "${name}" on ${subject}`;
    if (found === type) return { what, ok: true, say: type };
    const say =
      found === undefined
        ? `it is missing: add it as ${type}, or name another with its KANTATA_FIELD_… setting.`
        : `it is of type ${found}, and ${type} is needed.`;
    return { what, ok: false, say };
  });
}

const approverFinding = (directory: KantataDirectory, email: string): Promise<CheckResult> =>
  checkResult(
    'approver of staffing requests',
    async () => {
      const user = await directory.userByEmail(email);
      if (!user) throw new Error(`no user ${email}`);
      return user.full_name;
    },
    'KANTATA_APPROVER_EMAIL must be the e-mail of a user of the account.',
  );
