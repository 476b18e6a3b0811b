/** The name of the house's own issuer. */
export const HOUSE_ISSUER = 'house';

/**
 * The id of a client or a subject among those of all issuers: one text per identity, wherever it is
 * stored or compared. An id of the house's issuer stays as it is; any other is `<issuer>~<id>`.
 */
export const qualifiedId = (issuer: string, id: string): string => (issuer === HOUSE_ISSUER ? id : `${issuer}~${id}`);
