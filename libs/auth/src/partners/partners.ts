import { Problem } from '#canonical';
import { type Clock, type Database, Kept, systemClock, type Transaction } from '#persistence';
import type { Principal } from '../principal.js';
import { qualifiedId } from '../qualified-id.js';
import { asPartner, type BoundPartner } from './partner.rules.js';
import { partner, partnerClient, type Partner, type PartnerClient } from './partner.table.js';

/**
 * The partners, by the qualified ids of their clients; undefined before they were read first. Every
 * app keeps them in memory; only the governance app changes them.
 */
export class Partners extends Kept<ReadonlyMap<string, BoundPartner> | undefined> {
  readonly #clock: Clock;

  constructor(database: Database | undefined, clock: Clock = systemClock) {
    super(database, {
      name: 'partners',
      // An app without a database has no partners.
      initial: database ? undefined : new Map(),
      topics: ['governance.partner', 'governance.partner_client'],
      load: async source => {
        // Clients first: a partner is never removed, so each client that was read has its own.
        const clients = await source.getRepository(partnerClient.entity).find();
        const partners = new Map((await source.getRepository(partner.entity).find()).map(row => [row.id, row]));
        return new Map(
          clients.map(({ issuer, clientId, partnerId, validUntil }) => [
            qualifiedId(issuer, clientId),
            { partner: partners.get(partnerId)!, validUntil },
          ]),
        );
      },
    });
    this.#clock = clock;
  }

  /** The partner of a client, by its qualified id; also of one whose binding has ended. */
  find(clientId: string): Partner | undefined {
    return this.get()?.get(clientId)?.partner;
  }

  /**
   * The caller as we let it in. Throws `forbidden` when its partner, or its client, may not call,
   * and `vendor-unavailable` while the partners were never read: nobody knows then who is one.
   */
  admit(principal: Principal): Principal {
    const bound = this.get();
    if (!bound) throw new Problem('vendor-unavailable', 'Callers can’t be told apart yet.', { code: 'partners-unknown', retryAfterMs: 1_000 });
    return asPartner(principal, bound.get(principal.clientId), this.#clock.wall());
  }
}

/**
 * Lets one transaction at a time change partners, their clients and consumers: a client is either a
 * consumer of its own or a partner's.
 */
export async function lockPartners(em: Transaction): Promise<void> {
  await em.query(`select pg_advisory_xact_lock(hashtext('governance.partner'))`);
}

export const findPartner = (em: Transaction, id: string): Promise<Partner | null> => em.getRepository(partner.entity).findOneBy({ id });

export const listPartners = (em: Transaction): Promise<Partner[]> => em.getRepository(partner.entity).find();

/** The partner that an agency's code is taken by. */
export const partnerOfAgency = (em: Transaction, agency: string): Promise<Partner | null> => em.getRepository(partner.entity).findOneBy({ agency });

/** Registers a partner, or changes it. Takes effect everywhere when the transaction commits. */
export async function putPartner(em: Transaction, given: Partner): Promise<void> {
  await em.getRepository(partner.entity).upsert({ ...given, changedAt: new Date() }, ['id']);
}

/** How many partners have a plan. */
export const countPartnersWith = (em: Transaction, plan: string): Promise<number> => em.getRepository(partner.entity).countBy({ plan });

export const findPartnerClient = (em: Transaction, issuer: string, clientId: string): Promise<PartnerClient | null> =>
  em.getRepository(partnerClient.entity).findOneBy({ issuer, clientId });

export const listPartnerClients = (em: Transaction, partnerId: string): Promise<PartnerClient[]> =>
  em.getRepository(partnerClient.entity).findBy({ partnerId });

/** Gives a client to a partner, or changes its end. */
export async function putPartnerClient(em: Transaction, given: PartnerClient): Promise<void> {
  await em.getRepository(partnerClient.entity).upsert(given, ['issuer', 'clientId']);
}
