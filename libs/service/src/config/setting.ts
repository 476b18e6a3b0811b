import 'reflect-metadata';
import { readFileSync } from 'node:fs';
import type { Type } from '@nestjs/common';
import { validateSync } from 'class-validator';

export type Environment = Record<string, string | undefined>;

/** The declaration of a setting. */
export interface SettingOptions {
  /**
   * The environment variable, in UPPER_SNAKE. `<env>_FILE` may name a file that holds the value
   * instead.
   */
  env: string;
  description: string;
  /** The value when none is set. Without a default the setting is required, unless `optional`. */
  default?: string | number | boolean | string[];
  optional?: boolean;
  /**
   * The least and the greatest value of a number; every number must state them. Numbers are whole
   * unless `fractions`.
   */
  within?: [least: number, most: number];
  fractions?: boolean;
  /**
   * Names of the setting in earlier releases. Whoever still sets one of them gets a fault, so that
   * the value is not ignored silently.
   */
  formerly?: string[];
  /** Never shown: not in logs, not in faults, not in the documentation. */
  secret?: boolean;
}

export interface DeclaredSetting extends SettingOptions {
  field: string;
  type: 'text' | 'number' | 'yes or no' | 'list';
}

/** One fault in a process's settings. */
export interface SettingFault {
  env: string;
  message: string;
}

const SETTINGS_METADATA = 'throughline:settings';

/** The longest delay of a timer; with a longer one it would fire at once. */
export const LONGEST_WAIT_MS = 2_147_483_647;

/**
 * Declares a field of a config class that is read from the environment: a `string`, `number`,
 * `boolean` (`true` or `false`) or `string[]` (comma-separated). A number must state its bounds.
 * Add class-validator rules for other constraints.
 *
 * `@Setting({ env: 'CRM_POLL_MS', default: 1000, within: [100, LONGEST_WAIT_MS], description: 'How
 * often changes are looked for, in ms.' }) pollMs: number;`
 */
export function Setting(options: SettingOptions): PropertyDecorator {
  return (target, property) => {
    const designed: unknown = Reflect.getMetadata('design:type', target, property);
    const type = designed === Number ? 'number' : designed === Boolean ? 'yes or no' : designed === Array ? 'list' : 'text';
    if (type === 'number' && !options.within) throw new Error(`${options.env} is a number without bounds`);
    const declared = settingsOf(target.constructor as Type<object>);
    Reflect.defineMetadata(SETTINGS_METADATA, [...declared, { ...options, field: String(property), type }], target.constructor);
  };
}

/** The settings of a config class in order of declaration, inherited ones first. */
export const settingsOf = (type: Type<object>): DeclaredSetting[] =>
  (Reflect.getMetadata(SETTINGS_METADATA, type) as DeclaredSetting[] | undefined) ?? [];

/** Thrown when settings are wrong; states all faults of all classes. */
export class SettingsError extends Error {
  constructor(readonly faults: SettingFault[]) {
    super(`These settings are wrong:\n${faults.map(({ env, message }) => `  ${env}: ${message}`).join('\n')}`);
    this.name = 'SettingsError';
  }
}

/** Reads and checks one config class. Throws SettingsError with all its faults. */
export function loadConfig<T extends object>(type: Type<T>, env: Environment = process.env): T {
  return loadConfigs([type], env)[0] as T;
}

/** Reads and checks several config classes; throws one SettingsError with the faults of all. */
export function loadConfigs(types: Type<object>[], env: Environment = process.env): object[] {
  const read = types.map(type => readConfig(type, env));
  const faults = read.flatMap(({ faults }) => faults);
  const distinct = [...new Map(faults.map(fault => [`${fault.env} ${fault.message}`, fault])).values()];
  if (distinct.length > 0) throw new SettingsError(distinct);
  return read.map(({ config }) => config);
}

/** Reads one config class as far as possible, and returns the faults of the rest. */
export function readConfig<T extends object>(type: Type<T>, env: Environment): { config: T; faults: SettingFault[] } {
  const config = new type();
  const faults: SettingFault[] = [];
  const settings = settingsOf(type);
  for (const setting of settings) {
    try {
      const value = valueOf(setting, env);
      if (value !== undefined) Object.assign(config, { [setting.field]: value });
    } catch (error) {
      faults.push({ env: setting.env, message: (error as Error).message });
    }
  }
  const unreadable = new Set(faults.map(fault => fault.env));
  for (const { property, constraints } of validateSync(config, { skipMissingProperties: true, forbidUnknownValues: false })) {
    const setting = settings.find(({ field }) => field === property);
    const name = setting?.env ?? property;
    if (unreadable.has(name)) continue;
    faults.push(...Object.values(constraints ?? {}).map(message => ({ env: name, message: message.replaceAll(property, () => name) })));
  }
  return { config, faults };
}

function valueOf(setting: DeclaredSetting, env: Environment): unknown {
  const former = setting.formerly?.find(name => env[name] || env[`${name}_FILE`]);
  if (former) throw new Error(`takes the place of ${former}: ${setting.description}`);
  const text = textOf(setting, env);
  if (text === undefined) {
    if (setting.default === undefined && setting.optional !== true) throw new Error(`is required: ${setting.description}`);
    return setting.default;
  }
  switch (setting.type) {
    case 'number': {
      const value = Number(text);
      if (text.trim() === '' || !isWithin(setting, value)) throw new Error(`must be ${rangeOf(setting)}${shown(setting, text)}`);
      return value;
    }
    case 'yes or no':
      if (text !== 'true' && text !== 'false') throw new Error(`must be true or false${shown(setting, text)}`);
      return text === 'true';
    case 'list':
      return text
        .split(',')
        .map(item => item.trim())
        .filter(item => item !== '');
    default:
      return text;
  }
}

const isWithin = ({ within, fractions }: DeclaredSetting, value: number): boolean =>
  value >= within![0] && value <= within![1] && (fractions === true || Number.isInteger(value));

/** The allowed values of a number, in words. */
export const rangeOf = ({ within: [least, most] = [-Infinity, Infinity], fractions }: SettingOptions): string =>
  `a ${fractions ? '' : 'whole '}number from ${least} to ${most}`;

const shown = (setting: DeclaredSetting, text: string): string => (setting.secret ? '' : `, not ${JSON.stringify(text)}`);

/**
 * The value of the variable, or the content of the file that `<env>_FILE` names. An empty value
 * counts as not set.
 */
function textOf({ env: name }: DeclaredSetting, env: Environment): string | undefined {
  if (env[name]) return env[name];
  const file = env[`${name}_FILE`];
  if (!file) return undefined;
  try {
    return readFileSync(file, 'utf8').replace(/\r?\n$/, '');
  } catch (error) {
    throw new Error(`can't be read from the file ${name}_FILE names: ${(error as NodeJS.ErrnoException).code}`, { cause: error });
  }
}
