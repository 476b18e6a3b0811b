import type { Type } from '@nestjs/common';
import { IsIn } from 'class-validator';
import { settingPrefix, type AppDefinition } from '../app-definition.js';
import { readConfig, Setting, type Environment } from '../config/setting.js';
import type { VendorDefinition } from './vendor.js';

export interface VendorChoice {
  vendor: string;
}

/**
 * Makes the config class in which `<APP>_VENDOR` chooses one of an app's vendors, by default the
 * first.
 */
export function vendorChoiceOf({ name, vendors = [] }: Pick<AppDefinition, 'name' | 'vendors'>): Type<VendorChoice> {
  const names = vendors.map(vendor => vendor.name);
  class Choice implements VendorChoice {
    @Setting({
      env: `${settingPrefix(name)}_VENDOR`,
      default: names[0],
      description: `Which ${name.toUpperCase()} it is: ${names.join(', ')}.`,
    })
    @IsIn(names)
    vendor: string;
  }
  return Choice;
}

/** The vendor that the environment chooses; undefined if the app has none, or none of that name. */
export function chosenVendor(def: Pick<AppDefinition, 'name' | 'vendors'>, env: Environment): VendorDefinition | undefined {
  const { config } = readConfig(vendorChoiceOf(def), env);
  return def.vendors?.find(({ name }) => name === config.vendor);
}
