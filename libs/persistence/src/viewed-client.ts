import pg, { type ClientConfig, type QueryResult } from 'pg';
import { type PgClient, underSignal } from './cancel.js';
import { currentView, seesEveryRow, type View } from './view.js';

/** What of node-postgres is used to send two statements at once; its types leave these out. */
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
const SETTINGS = ['role', 'throughline.entities', 'throughline.unassigned', 'throughline.field_rights'];
const STATE_VIEW = `select ${SETTINGS.map((name, index) => `set_config('${name}', $${index + 1}, true)`).join(', ')}`;

/** A transaction's own words: a view stated with them would end with them. */
const CONTROL = /^\s*(begin|start|commit|end|rollback|abort|savepoint|release|set|vacuum)\b/i;
const TO_SAVEPOINT = /^\s*rollback\s+to\b/i;

/** What is stated to Postgres: the values of SETTINGS, and the same as one text, by which two are compared. */
interface Settings {
  values: string[];
  key: string;
}

const settings = (...values: string[]): Settings => ({ values, key: JSON.stringify(values) });

const NOTHING = settings('none', '{}', 'off', '{}');

/** The role that sees every row, of a connection whose own role is under row security; undefined when that has no such role. */
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
  );
}

const literal = (text: string): string => pg.escapeLiteral(text);

/**
 * A connection that states the view of the work at hand to Postgres, where row security reads it, before the first statement of
 * each transaction and whenever the view changes within one. The view holds for the transaction only, so that a connection in the
 * pool sees nothing. It travels with the statement it is for: it costs no round trip, and no caller can forget it.
 */
export function viewedClient(full: FullRole): typeof pg.Client {
  class ViewedClient extends pg.Client {
    /** What was stated in the open transaction; undefined when that isn't known. */
    stated: string | undefined = NOTHING.key;
    prepared = false;

    constructor(config?: string | ClientConfig) {
      super(config);
    }

    // eslint-disable-next-line @typescript-eslint/no-explicit-any -- one of a dozen overloads, all of which come down to this
    override query(config: any, values?: any, callback?: any): any {
      // Cursors and streams bring their own way of sending; nothing here uses them.
      if (typeof config?.submit === 'function') return super.query(config, values);
      const query = new ViewedQuery(this, settingsOf(currentView(), full), config, values);
      const given = typeof values === 'function' ? values : callback;
      if (given) return super.query(Object.assign(query, { callback: given }) as never);
      const send = (): Promise<QueryResult> =>
        new Promise<QueryResult>((resolve, reject) => {
          query.callback = (error, result) => (error ? reject(error) : resolve(result));
          super.query(query as never);
        });
      // what ends a transaction runs whether or not somebody still waits
      return (CONTROL.test(query.text) ? send() : underSignal(this as unknown as PgClient, send)).catch((error: unknown) => {
        // The stack that leads here says who asked; the one of the socket says nothing.
        if (error instanceof Error) Error.captureStackTrace(error);
        throw error;
      });
    }

    /** Whether these settings have to be stated before a statement that is sent now. */
    mustState({ key }: Settings, text: string): boolean {
      const status = this.getTransactionStatus();
      if (status !== 'T' && status !== 'E') this.stated = NOTHING.key;
      // Going back to a savepoint takes back what was stated since.
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
          // Closed first: an answer that never came leaves open whether it was prepared, and closing what isn't there is no error.
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
