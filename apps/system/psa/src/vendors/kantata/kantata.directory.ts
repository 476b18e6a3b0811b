import { Problem, RecordFault, type FieldFault } from '#canonical';
import type { KantataClient } from './kantata.client.js';
import type { KantataIds } from './kantata.mapper.js';

type Subject = 'Workspace' | 'Story' | 'Resource';

interface Known {
  readAt: number;
  fields: Map<string, string>;
  roles: Map<string, string>;
  rateCards: Map<string, string>;
  /** By id; why it can't be read where it can't. */
  rateCardTitles: Map<string, string | RecordFault>;
  approver: string;
}

const FRESH_MS = 600_000;
const RELOAD_AFTER_MS = 5_000;

/** The account's ids for what we know by name. Read once, again after ten minutes, and when a name is missing. */
export class KantataDirectory {
  #known: Promise<Known> | undefined;

  constructor(
    private readonly client: KantataClient,
    private readonly approverEmail: string | undefined,
  ) {}

  /** Runs `work` with the ids; once more with newly read ones when it misses a name that may have been added since. */
  async using<T>(work: (ids: KantataIds) => T): Promise<T> {
    const known = await this.#load(FRESH_MS);
    try {
      return work(idsOf(known));
    } catch (error) {
      if (!(error instanceof Problem) || error.code !== NOT_IN_ACCOUNT) throw error;
      return work(idsOf(await this.#load(RELOAD_AFTER_MS)));
    }
  }

  async #load(olderThanMs: number): Promise<Known> {
    const known = await this.#known?.catch(() => undefined);
    if (known && performance.now() - known.readAt < olderThanMs) return known;
    this.#known = this.#read();
    return this.#known;
  }

  async #read(): Promise<Known> {
    const { client } = this;
    const readAt = performance.now();
    const subjects: Subject[] = ['Workspace', 'Story', 'Resource'];
    const [fields, roles, cards, approver] = await Promise.all([
      Promise.all(
        subjects.map(async subject => (await client.customFields(subject)).map(({ id, name }): [string, string] => [`${subject}:${name}`, id])),
      ),
      client.roles(),
      client.rateCards(),
      this.approverEmail === undefined ? client.me() : client.userByEmail(this.approverEmail),
    ]);
    if (!approver) throw missing(`no user ${this.approverEmail}, whom KANTATA_APPROVER_EMAIL names`, 'KANTATA_APPROVER_EMAIL');
    return {
      readAt,
      fields: new Map(fields.flat()),
      roles: new Map(roles.map(({ id, name }) => [name, id])),
      rateCards: new Map(cards.rows.map(card => [`${card.rate_card_set_title}:${card.currency}`, card.id])),
      rateCardTitles: new Map<string, string | RecordFault>([
        ...cards.unfit.flatMap(({ id, error }) => (id === undefined ? [] : [[id, error.within(`rate_cards ${id}`)] as const])),
        ...cards.rows.map(card => [card.id, card.rate_card_set_title] as const),
      ]),
      approver: approver.id,
    };
  }
}

function idsOf(known: Known): KantataIds {
  return {
    customField: (subject, name) => known.fields.get(`${subject}:${name}`) ?? lacks(`no custom field "${name}" on ${subject}`, name),
    role: name => known.roles.get(name) ?? lacks(`no role "${name}"`, 'role'),
    rateCard: (code, currency) => known.rateCards.get(`${code}:${currency}`) ?? lacks(`no rate card "${code}" in ${currency}`, 'rateCard'),
    rateCardTitle: id => {
      const title = known.rateCardTitles.get(id);
      if (title instanceof RecordFault) throw title;
      return title;
    },
    approver: () => known.approver,
  };
}

/** What the account lacks may have been added since its names were read. */
export const NOT_IN_ACCOUNT = 'not-in-account';

export const notInAccount = (fields: FieldFault[]): Problem =>
  new Problem('unprocessable', `${fields.map(({ message }) => message).join('; ')}.`, { code: NOT_IN_ACCOUNT, fields });

const missing = (what: string, field: string): Problem => notInAccount([{ field, rule: 'known', message: `The Kantata account has ${what}` }]);

function lacks(what: string, field: string): never {
  throw missing(what, field);
}
