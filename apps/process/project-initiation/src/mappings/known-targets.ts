import { Injectable } from '@nestjs/common';
import { BILLING_METHODS, Problem } from '#canonical';
import type { MappingKind } from '#apis/mappings';
import { MappingTargets } from '#mappings';
import { runInContext } from '#service';
import { SystemApis } from '../clients.js';
import { IS_RIGHT } from '../customers/customer.rules.js';
import { SOLD_TWICE, ZERO_CAPS } from '../flows/deal-to-project/deal-to-project.rules.js';

/**
 * The canonical words that a mapping may lead to: the ERP's reference data, the billing methods, a
 * role's code.
 */
@Injectable()
export class KnownTargets extends MappingTargets {
  constructor(private readonly systems: SystemApis) {
    super();
  }

  async refuseUnknown(kind: MappingKind, target: string): Promise<void> {
    const known = await this.#known(kind);
    // While the ERP was not read yet, there is nothing to compare with.
    if (known.length === 0 || known.includes(target)) return;
    const message = `target must be one of ${known.join(', ')}`;
    throw new Problem('unprocessable', `There is no ${kind} ${target}.`, {
      code: 'unknown-target',
      fields: [{ field: 'target', rule: 'known', message }],
    });
  }

  async #known(kind: MappingKind): Promise<readonly string[]> {
    switch (kind) {
      case 'legal-entity':
      case 'cost-centre':
      case 'tax-code':
      case 'expense-category':
        // Asked as the app itself: that a word exists is no secret of a legal entity.
        return runInContext({ principal: undefined }, () => this.systems.referenceCodes(kind));
      case 'billing-method':
        return BILLING_METHODS;
      case 'zero-not-to-exceed':
        return ZERO_CAPS;
      case 'sold-twice':
        return SOLD_TWICE;
      case 'tax-registration':
        return [IS_RIGHT];
      case 'role':
      case 'rate-card':
        return [];
    }
  }
}
