import pg, { type ClientConfig, type QueryResult } from 'pg';
import { type PgClient, underSignal } from './cancel.js';
import { currentView, seesEveryRow, type View } from './view.js';

/** Parts of node-postgres that send two statements at once; its types leave them out. */
interface Wire {
  stream: { cork(): void; uncork(): void };
  close(message: { type: 'S'; name: string }): void;
  parse(message: { text: string; name: string }): void;
  bind(message: { statement: string; values: string[] }): void;
  execute(message: Record<string, never>): void;
}
interface WireQuery {
  text: string;
  requiresPreparation(): boolean;
  submit(connection: Wire): Error | null;
  handleRowDescription(message: unknown): void;
  handleDataRow(message: unknown): void;
  handleCommandComplete(message: unknown, connection: Wire): void;
  callback: (error: Error | null, result: QueryResult) => void;
}
const WireQuery = pg.Query as unknown as new (config: unknown, values?: unknown) => WireQuery;

const STATEMENT = 'throughline_view';
const SETTINGS = [
  'role',
  'throughline.entities',
  'throughline.unassigned',
  'throughline.field_rights',
  'throughline.customers',
  'throughline.agency',
];
const STATE_VIEW = `select ${SETTINGS.map((name, index) => `set_config('${name}', $${index + 1}, true)`).join(', ')}`;

/** Statements that control a transaction: a view set together with them would end with them. */
const CONTROL = /^\s*(begin|start|commit|end|rollback|abort|savepoint|release|set|vacuum)\b/i;
const TO_SAVEPOINT = /^\s*rollback\s+to\b/i;

/**
 * The settings that Postgres gets: the values of SETTINGS, and the same as one text for comparison.
 */
interface Settings {
  values: string[];
  key: string;
}

const settings = (...values: string[]): Settings => ({ values, key: JSON.stringify(values) });

const NOTHING = settings('none', '{}', 'off', '{}', '{}', '');

/**
 * The role that sees every row, for a connection whose own role is under row security; undefined
 * when that has no such role.
 */
export interface FullRole {
  name?: string;
}

const arrayOf = (texts: readonly string[]): string => `{${texts.map(text => `"${text.replace(/[\\"]/g, '\\$&')}"`).join(',')}}`;

function settingsOf(view: View | undefined, full: FullRole): Settings {
  if (!view) return NOTHING;
  return settings(
    seesEveryRow(view) ? (full.name ?? 'none') : 'none',
    view.legalEntities === '*' ? '{*}' : arrayOf(view.legalEntities),
    view.seesUnassigned ? 'on' : 'off',
    arrayOf(view.fieldRights),
    arrayOf(view.partner?.customerIds ?? []),
    view.partner?.agency ?? '',
  );
}

const literal = (text: string): string => pg.escapeLiteral(text);

/**
 * A connection that tells Postgres the view of the current work, which row security reads: before
 * the first statement of each transaction, and whenever the view changes within one. The view holds
 * for the transaction only, so that a pooled connection sees nothing. It travels with the
 * statement, so it costs no round trip and no caller can forget it.
 */
export function viewedClient(full: FullRole): typeof pg.Client {
  class ViewedClient extends pg.Client {
    /** The view set in the open transaction; undefined when it is unknown. */
    stated: string | undefined = NOTHING.key;
    prepared = false;

    constructor(config?: string | ClientConfig) {
      super(config);
    }

    // eslint-disable-next-line @typescript-eslint/no-explicit-any -- one of a dozen overloads, all of which come down to this
    override query(config: any, values?: any, callback?: any): any {
      // Cursors and streams send in their own way; nothing here uses them.
      if (typeof config?.submit === 'function') return super.query(config, values);
      const query = new ViewedQuery(this, settingsOf(currentView(), full), config, values);
      const given = typeof values === 'function' ? values : callback;
      if (given) return super.query(Object.assign(query, { callback: given }) as never);
      const send = (): Promise<QueryResult> =>
        new Promise<QueryResult>((resolve, reject) => {
          query.callback = (error, result) => (error ? reject(error) : resolve(result));
          super.query(query as never);
        });
      // what ends a transaction runs even when no caller waits any more
      return (CONTROL.test(query.text) ? send() : underSignal(this as unknown as PgClient, send)).catch((error: unknown) => {
        // The caller's stack names the origin; the socket's stack doesn't.
        if (error instanceof Error) Error.captureStackTrace(error);
        throw error;
      });
    }

    /** Whether these settings have to be set before the next statement. */
    mustState({ key }: Settings, text: string): boolean {
      const status = this.getTransactionStatus();
      if (status !== 'T' && status !== 'E') this.stated = NOTHING.key;
      // Going back to a savepoint undoes what was set since.
      if (TO_SAVEPOINT.test(text)) this.stated = undefined;
      if (status === 'E' || CONTROL.test(text) || key === this.stated) return false;
      this.stated = key;
      return true;
    }
  }

  class ViewedQuery extends WireQuery {
    #answersToSkip = 0;

    constructor(
      private readonly client: ViewedClient,
      private readonly settings: Settings,
      config: unknown,
      values: unknown,
    ) {
      super(config, typeof values === 'function' ? undefined : values);
    }

    override submit(connection: Wire): Error | null {
      if (!this.client.mustState(this.settings, this.text)) return super.submit(connection);
      this.#answersToSkip = 1;
      if (!this.requiresPreparation()) {
        const stated = SETTINGS.map((name, index) => `set_config('${name}', ${literal(this.settings.values[index])}, true)`).join(', ');
        this.text = `select ${stated}; ${this.text}`;
        return super.submit(connection);
      }
      connection.stream.cork();
      try {
        if (!this.client.prepared) {
          // Close it first: after a lost answer nobody knows whether it was prepared, and closing a
          // missing statement is no error.
          connection.close({ type: 'S', name: STATEMENT });
          connection.parse({ text: STATE_VIEW, name: STATEMENT });
        }
        connection.bind({ statement: STATEMENT, values: this.settings.values });
        connection.execute({});
        return super.submit(connection);
      } finally {
        connection.stream.uncork();
      }
    }

    override handleRowDescription(message: unknown): void {
      if (this.#answersToSkip === 0) super.handleRowDescription(message);
    }

    override handleDataRow(message: unknown): void {
      if (this.#answersToSkip === 0) super.handleDataRow(message);
    }

    override handleCommandComplete(message: unknown, connection: Wire): void {
      if (this.#answersToSkip === 0) return super.handleCommandComplete(message, connection);
      this.#answersToSkip--;
      if (this.requiresPreparation()) this.client.prepared = true;
    }
  }

  return ViewedClient;
}
