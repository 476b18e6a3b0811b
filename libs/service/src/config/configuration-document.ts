import type { Type } from '@nestjs/common';
import { settingsOf, type DeclaredSetting } from './setting.js';

/** A part of the configuration reference: whose settings these are, and their classes. */
export interface ConfigurationSection {
  title: string;
  classes: Type<object>[];
}

const shown = ({ default: value, optional }: DeclaredSetting): string => {
  if (value === undefined) return optional ? 'none' : '**required**';
  return Array.isArray(value) ? `\`${value.join(',')}\`` : `\`${value}\``;
};

const cell = (text: string): string => text.replace(/\|/g, '\\|').replace(/\s+/g, ' ');

const row = (setting: DeclaredSetting): string =>
  `| \`${setting.env}\` | ${setting.type} | ${shown(setting)} | ${setting.secret ? 'yes' : ''} | ${cell(setting.description)} |`;

function section({ title, classes }: ConfigurationSection): string {
  const settings = new Map(classes.flatMap(settingsOf).map(setting => [setting.env, setting]));
  return [`## ${title}`, '', '| setting | is | default | secret | meaning |', '|---|---|---|---|---|', ...[...settings.values()].map(row)].join('\n');
}

/** The configuration reference in Markdown, from the `@Setting` declarations. */
export function configurationDocument(sections: ConfigurationSection[]): string {
  const preface = [
    '# Configuration',
    '',
    'Every setting is an environment variable. `<NAME>_FILE` may name a file that holds the value instead, which is how secrets are',
    'mounted. Settings are checked when an app starts, and all faults are told at once. This page is written by `npm run config:docs`',
    'from the declarations in the code.',
  ].join('\n');
  return `${[preface, ...sections.filter(({ classes }) => classes.flatMap(settingsOf).length > 0).map(section)].join('\n\n')}\n`;
}
