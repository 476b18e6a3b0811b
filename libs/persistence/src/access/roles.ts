/**
 * What an app's role may do in a schema or to one table: read and change rows, or only read them.
 */
type Grant = 'rows' | 'read';

// Only the governance app decides about consumers, partners and plans; every app counts what consumers use.
const SERVICE: Record<string, Grant> = {
  service: 'rows',
  events: 'rows',
  'governance.consumer': 'read',
  'governance.partner': 'read',
  'governance.partner_client': 'read',
  'governance.plan': 'read',
  'governance.retirement': 'read',
  'governance.usage': 'rows',
  'governance.budget': 'rows',
};
const SYSTEM: Record<string, Grant> = { ...SERVICE, connector: 'rows', capture: 'rows' };

const DECIDED: Record<string, Grant> = {
  'governance.consumer': 'rows',
  'governance.partner': 'rows',
  'governance.partner_client': 'rows',
  'governance.plan': 'rows',
  'governance.retirement': 'rows',
  'governance.acknowledgement': 'rows',
};

interface AppAccess {
  /** The grants of work that sees everything. */
  full: Record<string, Grant>;
  /** The grants of work for a principal, where they are fewer. */
  viewer?: Record<string, Grant>;
}

/** Which app may do what to which room's tables. The grants are made from this list. */
export const APPS: Record<string, AppAccess> = {
  crm: { full: { ...SYSTEM, mappings: 'read' } },
  psa: { full: { ...SYSTEM } },
  hcm: { full: { ...SYSTEM, hcm: 'rows' } },
  erp: { full: { ...SYSTEM, erp: 'rows' } },
  // It serves mappings: other apps change them through its API.
  'project-initiation': {
    full: { ...SERVICE, mappings: 'rows', ownership: 'rows', exceptions: 'rows', flow: 'rows', dbos: 'rows', initiation: 'rows' },
  },
  'time-to-billing': { full: { ...SERVICE, mappings: 'read', exceptions: 'rows', billing: 'rows' } },
  // It alone decides about consumers, partners and plans.
  governance: {
    full: { ...SERVICE, ...DECIDED },
    viewer: { ...SERVICE, ...DECIDED },
  },
  // A partner reads its own tables by a role that can't write them.
  partner: {
    full: { ...SERVICE, partner: 'rows' },
    viewer: {
      service: 'rows',
      partner: 'read',
      'governance.consumer': 'read',
      'governance.plan': 'read',
      'governance.retirement': 'read',
      'governance.budget': 'rows',
    },
  },
  // A portal's query is read only, whatever the query contains.
  portal: {
    full: { ...SERVICE, 'capture.feed': 'read', portal: 'rows' },
    viewer: {
      service: 'rows',
      portal: 'read',
      'governance.consumer': 'read',
      'governance.plan': 'read',
      'governance.retirement': 'read',
      'governance.budget': 'rows',
    },
  },
};

/**
 * Tables on which no role has more rights than these, whatever the room's grant: written rows never
 * change.
 */
export const AT_MOST: Record<string, string> = { 'service.audit': 'insert', 'events.event': 'select, insert' };

const SAFE = /^[a-z_][a-z0-9_]{0,29}$/;

/** The roles of one installation. Roles belong to the server, not to a database: the prefix keeps two installations apart. */
export class Roles {
  constructor(
    readonly prefix: string,
    /** The apps; tests pass apps of their own. */
    readonly apps: Record<string, AppAccess> = APPS,
  ) {
    if (!SAFE.test(prefix)) throw new Error(`"${prefix}" can't begin the names of database roles: give up to 30 of a to z, 0 to 9 and _`);
  }

  get owner(): string {
    return `${this.prefix}_owner`;
  }

  /** The role an app logs in as; it sees what the current principal may see. */
  app(name: string): string {
    return `${this.prefix}_${name.replaceAll('-', '_')}`;
  }

  /** The role an app takes for work that sees everything. */
  full(name: string): string {
    return fullRoleOf(this.app(name));
  }

  get logins(): string[] {
    return [this.owner, ...Object.keys(this.apps).map(name => this.app(name))];
  }

  get viewers(): string[] {
    return Object.keys(this.apps).map(name => this.app(name));
  }

  get fulls(): string[] {
    return Object.keys(this.apps).map(name => this.full(name));
  }

  /**
   * SQL that makes the roles, for a superuser, or for the deployer with `npm run database --
   * roles`. Repeating it changes nothing except what had been changed by hand. `passwords` are by
   * role; psql asks for missing ones.
   */
  sql(passwordOf: (role: string) => string): string {
    const make = [...this.logins, ...this.fulls].map(
      // Another database of the server may be making the same one right now.
      role => `begin create role ${role}; exception when duplicate_object or unique_violation then null; end;`,
    );
    return [
      `do $$ begin\n  ${make.join('\n  ')}\nend $$;`,
      `alter role ${this.owner} login inherit password ${passwordOf(this.owner)};`,
      // NOINHERIT: only work that takes the full role sees what that role sees.
      ...this.viewers.map(role => `alter role ${role} login noinherit password ${passwordOf(role)};`),
      ...this.fulls.map(role => `alter role ${role} nologin noinherit;`),
      ...Object.keys(this.apps).map(name => `grant ${this.full(name)} to ${this.app(name)};`),
    ].join('\n');
  }
}

export const fullRoleOf = (role: string): string => `${role}_full`;

/** The setting by which one app reaches the database: `TIME_TO_BILLING_DATABASE_URL`. */
export const databaseSetting = (app: string): string => `${app.toUpperCase().replaceAll('-', '_')}_DATABASE_URL`;
