import { RecordFault } from '#canonical';
import { AccountNames, notInAccount } from '#connector';
import { every, type Gathered, type KantataApi } from './kantata.api.js';
import type { KantataNamed, KantataUser } from './kantata-envelope.js';
import type { KantataIds } from './kantata-names.js';

export interface KantataCustomField extends KantataNamed {
  value_type: string;
  subject_type?: string;
}

export interface KantataRateCard {
  id: string;
  rate_card_set_title: string;
  currency: string;
}

type Subject = 'Workspace' | 'Story' | 'Resource';

interface DirectoryCache {
  fields: Map<string, string>;
  roles: Map<string, string>;
  rateCards: Map<string, string>;
  /** By id; the fault, where one can't be read. */
  rateCardTitles: Map<string, string | RecordFault>;
  approver: string;
}

/** The account's names, and its people. */
export class KantataDirectory {
  readonly #names = new AccountNames(async () => idsOf(await this.#read()));

  constructor(
    private readonly api: KantataApi,
    private readonly approverEmail: string | undefined,
  ) {}

  /** Runs `work` with the account's ids for our names. */
  using<T>(work: (ids: KantataIds) => T): Promise<T> {
    return this.#names.using(work);
  }

  /** One without a name is named by nobody. */
  async customFields(subject_type: string): Promise<KantataCustomField[]> {
    return (await this.api.gathered<KantataCustomField>('read-custom-fields', 'custom_fields', { subject_type }, { name: 'text' })).rows;
  }

  async roles(): Promise<KantataNamed[]> {
    return (await this.api.gathered<KantataNamed>('read-roles', 'roles', {}, { name: 'text' })).rows;
  }

  rateCards(): Promise<Gathered<KantataRateCard>> {
    return this.api.gathered<KantataRateCard>('read-rate-cards', 'rate_cards', {}, { rate_card_set_title: 'text', currency: 'currency' });
  }

  async me(): Promise<KantataUser> {
    return every('users', await this.api.page<KantataUser>('read-me', 'users/me', {}, { email_address: 'text' }, { plural: 'users' }))[0];
  }

  async userByEmail(by_email_address: string): Promise<KantataUser | undefined> {
    const query = { by_email_address, on_my_account: true };
    return every('users', await this.api.page<KantataUser>('read-users', 'users', query, { email_address: 'text' }))[0];
  }

  async #read(): Promise<DirectoryCache> {
    const subjects: Subject[] = ['Workspace', 'Story', 'Resource'];
    const [fields, roles, cards, approver] = await Promise.all([
      Promise.all(
        subjects.map(async subject => (await this.customFields(subject)).map(({ id, name }): [string, string] => [`${subject}:${name}`, id])),
      ),
      this.roles(),
      this.rateCards(),
      this.approverEmail === undefined ? this.me() : this.userByEmail(this.approverEmail),
    ]);
    if (!approver) throw missing(`no user ${this.approverEmail}, whom KANTATA_APPROVER_EMAIL names`, 'KANTATA_APPROVER_EMAIL');
    return {
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

function idsOf(known: DirectoryCache): KantataIds {
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

const missing = (what: string, field: string) => notInAccount([{ field, rule: 'known', message: `The Kantata account has ${what}` }]);

function lacks(what: string, field: string): never {
  throw missing(what, field);
}
