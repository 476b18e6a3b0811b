import { Setting, type VendorDefinition } from '#service';

class OtherConfig {
  @Setting({ env: 'OTHER_TOKEN', secret: true, description: 'A token that nobody set.' })
  token: string;
}

/**
 * A second vendor in an app's list. It requires a setting that nobody gave, and nobody chooses it.
 */
export const otherVendor: VendorDefinition = {
  name: 'other',
  config: OtherConfig,
  connect: () => {
    throw new Error('nobody chose it');
  },
};

/** The first of an app's vendors, limited to these abilities. */
export function withAbilities([vendor]: readonly VendorDefinition[] = [], abilities: readonly string[]): VendorDefinition[] {
  return [{ ...vendor, connect: connection => Object.assign(vendor.connect(connection), { abilities }) }];
}
