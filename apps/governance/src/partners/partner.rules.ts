import { PARTNER_SCOPES } from '#apis';
import type { PartnerBody } from '#apis/governance';
import type { FieldFault } from '#canonical';
import type { Partner } from '#auth';

const ID = /^par_[a-z0-9-]{1,50}$/;

const isOfPartners = (scope: string): boolean => PARTNER_SCOPES.some(one => one === scope);
const repeated = (texts: readonly string[]): boolean => new Set(texts).size < texts.length;

/** The partner that a body asks for, in the state that it has. */
export const partnerOf = (id: string, { reason: _, customerIds = [], agency, ...given }: PartnerBody, state: Partner['state']): Partner => ({
  id,
  ...given,
  state,
  customerIds,
  agency: agency ?? null,
});

/** What of a partner can't be kept, by its field; the table checks the same. */
export function partnerFaults({ id, kind, legalEntities, customerIds, scopes, agency }: Partner): FieldFault[] {
  const faults: [boolean, field: string, rule: string, message: string][] = [
    [!ID.test(id), 'id', 'name', 'id must be par_ and 1 to 50 of a to z, 0 to 9 and -'],
    [legalEntities.length === 0, 'legalEntities', 'some', 'legalEntities must name at least one'],
    [legalEntities.includes('*'), 'legalEntities', 'known', 'legalEntities must be named one by one'],
    [kind === 'client' && customerIds.length === 0, 'customerIds', 'some', 'customerIds of a client must name at least one'],
    [kind === 'agency' && customerIds.length > 0, 'customerIds', 'of-client', 'customerIds are of a client only'],
    [kind === 'agency' && agency === null, 'agency', 'some', 'agency must be there for an agency'],
    [kind === 'client' && agency !== null, 'agency', 'of-agency', 'agency is of an agency only'],
    [scopes.length === 0, 'scopes', 'some', 'scopes must name at least one'],
    [!scopes.every(isOfPartners), 'scopes', 'known', `scopes must be of ${PARTNER_SCOPES.join(', ')}`],
    [repeated(legalEntities), 'legalEntities', 'once', 'legalEntities must name each once'],
    [repeated(customerIds), 'customerIds', 'once', 'customerIds must name each once'],
    [repeated(scopes), 'scopes', 'once', 'scopes must name each once'],
  ];
  return faults.filter(([wrong]) => wrong).map(([, field, rule, message]) => ({ field, rule, message }));
}
