import { equals, includeMany, includeOne, includeReferences, includeValues, on, without, type Resource } from './resource.js';

const readOnly = { writes: [], fields: {}, orders: ['created_at', 'updated_at'], defaultOrder: 'created_at:asc' } as const;

/** Only participants of the caller's projects unless `on_my_account=true`. */
export const users: Resource = {
  plural: 'users',
  singular: 'user',
  subject: 'User',
  ...readOnly,
  visible: (row, query, account) => on(query.get('on_my_account')) || account.participationsOf(row.id).length > 0,
  allVisible: query => on(query.get('on_my_account')),
  candidates(query, account) {
    const addresses = query.get('by_email_address') ?? query.get('by_email_addresses');
    return addresses
      ?.toLowerCase()
      .split(',')
      .flatMap(address => account.usersAt(address));
  },
  shown: ({ role_id: _, ...row }) => row,
  includes: { role: includeOne('roles', 'role_id'), external_references: includeReferences('User'), custom_field_values: includeValues('User') },
  filters: {
    by_email_address: (row, value) => String(row.email_address).toLowerCase() === value.toLowerCase(),
    by_email_addresses: (row, value) => value.toLowerCase().split(',').includes(String(row.email_address).toLowerCase()),
    participant_in: (row, value, account) => account.participationsOf(row.id).some(one => one.workspace_id === value),
  },
  orders: [],
  defaultOrder: 'full_name:asc',
};

export const roles: Resource = {
  plural: 'roles',
  singular: 'role',
  subject: 'Role',
  ...readOnly,
  shown: row => row,
  includes: { external_references: includeReferences('Role') },
  filters: {},
};

const fields = { shown: (row: Parameters<Resource['shown']>[0]) => row };

/**
 * rate_card_set -> its versions by effective date -> one rate_card_version a currency -> rates by
 * role.
 */
export const rateCardSets: Resource = {
  plural: 'rate_card_sets',
  singular: 'rate_card_set',
  ...readOnly,
  ...fields,
  includes: {
    rate_card_set_versions: includeMany('rate_card_set_versions', 'rate_card_set_version_ids', (row, account) =>
      account
        .table('rate_card_set_versions')
        .all()
        .filter(one => one.rate_card_set_id === row.id),
    ),
  },
  filters: {},
};

export const rateCardSetVersions: Resource = {
  plural: 'rate_card_set_versions',
  singular: 'rate_card_set_version',
  ...readOnly,
  ...fields,
  includes: {
    rate_card_set: includeOne('rate_card_sets', 'rate_card_set_id'),
    rate_card_versions: includeMany('rate_card_versions', 'rate_card_version_ids', (row, account) =>
      account
        .table('rate_card_versions')
        .all()
        .filter(one => one.rate_card_set_version_id === row.id),
    ),
  },
  filters: { rate_card_set_id: equals('rate_card_set_id'), active: (row, value) => row.active === on(value) },
};

export const rateCardVersions: Resource = {
  plural: 'rate_card_versions',
  singular: 'rate_card_version',
  ...readOnly,
  ...fields,
  includes: {
    rate_card: includeOne('rate_cards', 'rate_card_id'),
    rate_card_set_version: includeOne('rate_card_set_versions', 'rate_card_set_version_id'),
    rate_card_roles: includeMany('rate_card_roles', 'rate_card_role_ids', (row, account) =>
      account
        .table('rate_card_roles')
        .all()
        .filter(one => one.rate_card_version_id === row.id),
    ),
  },
  filters: { rate_card_id: equals('rate_card_id') },
};

export const rateCards: Resource = {
  plural: 'rate_cards',
  singular: 'rate_card',
  subject: 'RateCard',
  ...readOnly,
  shown: (row, account) => ({
    ...row,
    rate_card_set_title: account.get('rate_card_sets', row.rate_card_set_id)?.title,
    uses: account
      .table('workspaces')
      .all()
      .filter(one => one.rate_card_id === row.id).length,
  }),
  includes: { external_references: includeReferences('RateCard'), rate_card_set: includeOne('rate_card_sets', 'rate_card_set_id') },
  filters: { rate_card_set_id: equals('rate_card_set_id'), currencies: equals('currency'), active: (row, value) => row.active === on(value) },
};

export const rateCardRoles: Resource = {
  plural: 'rate_card_roles',
  singular: 'rate_card_role',
  ...readOnly,
  ...fields,
  includes: { role: includeOne('roles', 'role_id'), rate_card_version: includeOne('rate_card_versions', 'rate_card_version_id') },
  filters: { rate_card_version_id: equals('rate_card_version_id'), with_role_ids: equals('role_id') },
};

const RETENTION_MS = 9 * 24 * 3_600_000;

/** The feed of changes: pull only, kept nine days, newest first by default. */
export const subscribedEvents: Resource = {
  plural: 'subscribed_events',
  singular: 'subscribed_event',
  ...readOnly,
  visible: row => row.created_at <= new Date().toISOString() && row.created_at > new Date(Date.now() - RETENTION_MS).toISOString(),
  allVisible: () => true,
  // A notice that comes late has a moment still to come.
  kept: () => ({ field: 'created_at', above: new Date(Date.now() - RETENTION_MS).toISOString(), upTo: new Date().toISOString() }),
  shown: row => without(row, 'current_payload', 'payload_changes', 'updated_at'),
  optional: {
    current_payload: row => row.current_payload,
    payload_changes: row => row.payload_changes,
    previous_payload: row => previous(String(row.current_payload), String(row.payload_changes)),
  },
  includes: {},
  filters: {
    event_types: equals('event_type'),
    subject_type: equals('subject_type'),
    subject_id: equals('subject_id'),
    user_ids: equals('user_id'),
  },
  orders: ['created_at'],
  defaultOrder: 'created_at:desc',
};

/** The payload before the change, as text; that of something new is empty. */
function previous(current: string, changes: string): string {
  const olds = Object.entries(JSON.parse(changes) as Record<string, [unknown, unknown]>).map(([field, [old]]) => [field, old]);
  return olds.length === 0 ? '{}' : JSON.stringify({ ...(JSON.parse(current) as object), ...Object.fromEntries(olds) });
}
