import { column, table, type ReadRow } from '#persistence';

export type PartnerKind = 'agency' | 'client';
export type PartnerState = 'active' | 'suspended';

/** A firm whose systems call us: an agency that lends people, or a client of the house. */
export const partner = table(
  'governance.partner',
  {
    /** `par_…`, as the house chose it. */
    id: column.text(),
    /** Never changes. */
    kind: column.text<PartnerKind>(),
    name: column.text(),
    /** Whom to write to. */
    contact: column.text(),
    /** A suspended partner is refused, whatever its token says. */
    state: column.text<PartnerState>(),
    /** The name of its plan, one budget for each of its clients. */
    plan: column.text(),
    /** The most that its tokens may ask for. */
    scopes: column.texts(),
    /** The legal entities whose rows it may see. */
    legalEntities: column.texts(),
    /** Of a client: the customers that it is, by canonical id. */
    customerIds: column.texts(),
    /** Of an agency: the code by which the HCM names it at its people. */
    agency: column.text().orNull(),
    changedAt: column.instant(),
  },
  ['id'],
);

export type Partner = Omit<ReadRow<typeof partner.columns>, 'changedAt'>;

/**
 * By which clients a partner calls. A row stays when it has ended: its client is then refused, and
 * does not become one of the house's own.
 */
export const partnerClient = table(
  'governance.partner_client',
  {
    /** The issuer's name among those that we trust. */
    issuer: column.text(),
    /** As the issuer names it. */
    clientId: column.text(),
    partnerId: column.text(),
    boundAt: column.instant(),
    /** It is refused from then on; null is never. */
    validUntil: column.instant().orNull(),
  },
  ['issuer', 'clientId'],
);

export type PartnerClient = ReadRow<typeof partnerClient.columns>;
