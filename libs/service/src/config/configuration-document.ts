import { rangeOf, type DeclaredSetting, type SettingOptions } from './setting.js';

/** A setting as it is documented. `type` is known only of settings in a config class. */
export type DocumentedSetting = SettingOptions & Partial<Pick<DeclaredSetting, 'type'>>;

/** A part of the configuration reference: the settings of one app or process. */
export interface ConfigurationSection {
  title: string;
  settings: DocumentedSetting[];
}

const shown = ({ default: value, optional }: DocumentedSetting): string => {
  if (value === undefined) return optional ? 'none' : '**required**';
  return Array.isArray(value) ? `\`${value.join(',')}\`` : `\`${value}\``;
};

const cell = (text: string): string => text.replace(/\|/g, '\\|').replace(/\s+/g, ' ');

const row = (setting: DocumentedSetting): string =>
  `| \`${setting.env}\` | ${setting.type === 'number' ? rangeOf(setting) : (setting.type ?? 'text')} | ${shown(setting)} | ${setting.secret ? 'yes' : ''} | ${cell(setting.description)} |`;

function section({ title, settings }: ConfigurationSection): string {
  const distinct = new Map(settings.map(setting => [setting.env, setting]));
  return [`## ${title}`, '', '| setting | is | default | secret | meaning |', '|---|---|---|---|---|', ...[...distinct.values()].map(row)].join('\n');
}

/** The configuration reference in Markdown, built from the `@Setting` declarations. */
export function configurationDocument(sections: ConfigurationSection[]): string {
  const preface = [
    '# Configuration',
    '',
    'Every setting is an environment variable. `<NAME>_FILE` may name a file that holds the value instead, which is how secrets are',
    'mounted. Settings are checked when an app starts, and all faults are reported at once. This page is written by `npm run config:docs`',
    'from the declarations in the code.',
  ].join('\n');
  return `${[preface, ...sections.filter(({ settings }) => settings.length > 0).map(section)].join('\n\n')}\n`;
}
