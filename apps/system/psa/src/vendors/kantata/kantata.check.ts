import { type Finding, finding } from '#connector';
import type { KantataClient } from './kantata.client.js';
import type { KantataConfig } from './kantata.config.js';
import { roleNameOf, type KantataNames } from './kantata.mapper.js';

/** Logs in, reads one page of each thing needed, and says in plain words what is missing. */
export async function checkKantata(
  client: KantataClient,
  names: KantataNames,
  config: KantataConfig,
  lines: () => Promise<Finding[]>,
): Promise<Finding[]> {
  const login = await finding(
    'log in',
    async () => `as ${(await client.me()).full_name}`,
    'The token in KANTATA_TOKEN was refused: copy a new one from the user’s settings.',
  );
  if (!login.ok) return [login];
  return [
    login,
    await finding(
      'read projects',
      async () => `${(await first(client.allWorkspaces())).count} projects are visible`,
      'The user needs an access group that sees all projects.',
    ),
    await moneyFinding(client),
    ...(config.changeFeed === 'events' ? [await feedFinding(client)] : []),
    await finding(
      'read staffing requests',
      async () => `${(await first(client.requestsChanged(null))).count} requests are visible`,
      'The user needs resource management rights.',
    ),
    await finding(
      'read rate cards',
      async () => {
        const { rows: cards } = await client.rateCards();
        if (cards.length === 0) throw new Error('the account has no rate card');
        return cards.map(card => `${card.rate_card_set_title} (${card.currency})`).join(', ');
      },
      'Rate cards are for administrators: give the user that right, or add a card.',
    ),
    ...(await lines()),
    ...(await roleFindings(client, names)),
    ...(await fieldFindings(client, names)),
    ...(config.approverEmail === undefined ? [] : [await approverFinding(client, config.approverEmail)]),
  ];
}

const feedFinding = (client: KantataClient): Promise<Finding> =>
  finding(
    'read the change feed',
    async () => {
      await client.newestEvent();
      return 'changes are told';
    },
    'Subscribed events are a paid add-on, and only an account administrator may read them. Without it set KANTATA_CHANGE_FEED=lists.',
  );

async function first<T>(pages: AsyncIterable<T>): Promise<T> {
  for await (const page of pages) return page;
  throw new Error('nothing was answered');
}

/** Money fields are shown only to those with financial rights; the wire check misses `price_in_cents` then. */
const moneyFinding = (client: KantataClient): Promise<Finding> =>
  finding(
    'see budgets',
    async () => {
      await first(client.allWorkspaces());
      return 'budgets are visible';
    },
    'The user needs financial rights on projects.',
  );

async function roleFindings(client: KantataClient, names: KantataNames): Promise<Finding[]> {
  const roles = await client.roles();
  const listed = await finding(
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

async function fieldFindings(client: KantataClient, names: KantataNames): Promise<Finding[]> {
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
    for (const { name, value_type } of await client.customFields(subject)) there.set(`${subject}:${name}`, value_type);
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

const approverFinding = (client: KantataClient, email: string): Promise<Finding> =>
  finding(
    'approver of staffing requests',
    async () => {
      const user = await client.userByEmail(email);
      if (!user) throw new Error(`no user ${email}`);
      return user.full_name;
    },
    'KANTATA_APPROVER_EMAIL must be the e-mail of a user of the account.',
  );
