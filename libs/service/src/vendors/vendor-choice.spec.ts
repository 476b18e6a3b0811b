import { describe, expect, it } from 'vitest';
import type { AppDefinition } from '../app-definition.js';
import { Setting, SettingsError } from '../config/setting.js';
import { parcels } from '../parcels.fixture.js';
import { configClassesOf, configure } from '../service.module.js';
import type { VendorDefinition } from './vendor.js';

class HorseConfig {
  @Setting({ env: 'HORSE_NAME', description: 'What it is called.' })
  horse: string;
}

class VanConfig {
  @Setting({ env: 'VAN_PLATE', description: 'What it is known by.' })
  plate: string;
}

const vendorOf = (name: string, config: VendorDefinition['config']): VendorDefinition => ({ name, config, connect: () => ({}) });
const carried: AppDefinition = { ...parcels, vendors: [vendorOf('horse', HorseConfig), vendorOf('van', VanConfig)] };
const common = { ISSUER_URL: 'http://issuer.test', GATEWAY_URL: 'http://gateway.test', PARCELS_CLIENT_SECRET: 's' };

const faultsOf = (env: Record<string, string>): string[] => {
  try {
    configure(carried, { ...common, ...env });
  } catch (error) {
    if (error instanceof SettingsError) return error.faults.map(({ env: name }) => name);
    throw error;
  }
  return [];
};

describe('an app that knows several vendors', () => {
  it('uses the first by default, and needs no setting of the others', () => {
    const { vendor, others } = configure(carried, { ...common, HORSE_NAME: 'Bess' });
    expect(vendor?.name).toBe('horse');
    expect(others.get(HorseConfig)).toEqual({ horse: 'Bess' });
    expect(others.has(VanConfig)).toBe(false);
  });

  it('uses the chosen one', () => {
    const { vendor, others } = configure(carried, { ...common, PARCELS_VENDOR: 'van', VAN_PLATE: 'HU 1' });
    expect([vendor?.name, others.has(HorseConfig)]).toEqual(['van', false]);
  });

  it('names the settings that the chosen one lacks, and an unknown choice', () => {
    expect(faultsOf({ PARCELS_VENDOR: 'van', HORSE_NAME: 'Bess' })).toEqual(['VAN_PLATE']);
    expect(faultsOf({ PARCELS_VENDOR: 'raft' })).toEqual(['PARCELS_VENDOR']);
  });

  it('documents the settings of all', () => {
    expect(configClassesOf(carried)).toEqual(expect.arrayContaining([HorseConfig, VanConfig]));
  });
});
