import { invalidFieldValue, userError } from './errors.js';
import type { Records } from './records.js';
import type { NetsuiteRow, Values } from './row.js';

/**
 * The subsidiaries that may bill a customer: its own, and those with which it has a relationship.
 * The relationship with its own is not a row here. The wording of the refusals is a choice.
 */
export class CustomerSubsidiaries {
  constructor(private readonly records: Records) {}

  /**
   * The values as they are kept. Throws the vendor's refusal of a relationship, or of a project of
   * a subsidiary that its customer lacks.
   */
  saved(type: string, { id, values }: NetsuiteRow, before: NetsuiteRow | undefined): Values {
    if (type === 'job' && (before?.values.parent !== values.parent || before?.values.subsidiary !== values.subsidiary)) this.#refuseForeign(values);
    if (type !== 'customerSubsidiaryRelationship') return values;
    if (before && (before.values.entity !== values.entity || before.values.subsidiary !== values.subsidiary))
      throw userError('Error while accessing a resource. The customer and the subsidiary of a relationship cannot be changed.');
    if (!before && this.#serves(values.subsidiary, values.entity, id))
      throw userError('Error while accessing a resource. This record already exists.');
    return { ...values, isPrimarySub: false };
  }

  /**
   * A relationship that a project uses can't be deleted. A customer's relationships are deleted
   * with it.
   */
  deleting(type: string, { id, values }: NetsuiteRow): void {
    if (type === 'customer') {
      const relationship = this.records.schema.type('customerSubsidiaryRelationship');
      for (const row of this.#of(id)) this.records.delete(relationship, row);
    }
    if (type !== 'customerSubsidiaryRelationship') return;
    const used = this.records.all('job').some(({ values: job }) => job.parent === values.entity && job.subsidiary === values.subsidiary);
    if (used) throw userError('This record cannot be deleted because it has dependent records. Dependent record: job');
  }

  #refuseForeign({ parent, subsidiary }: Values): void {
    if (parent !== undefined && !this.#serves(subsidiary, parent)) throw invalidFieldValue(subsidiary, 'subsidiary');
  }

  #serves(subsidiary: unknown, customer: unknown, except?: string): boolean {
    const own = this.records.get('customer', String(customer))?.values.subsidiary;
    return own === subsidiary || this.#of(customer).some(({ id, values }) => id !== except && values.subsidiary === subsidiary);
  }

  #of(customer: unknown): NetsuiteRow[] {
    return this.records.all('customerSubsidiaryRelationship').filter(({ values }) => values.entity === customer);
  }
}
