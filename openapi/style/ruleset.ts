import type { RuleDefinition, RulesetDefinition } from '@stoplight/spectral-core';
import owasp from '@stoplight/spectral-owasp-ruleset';
import rulesets from '@stoplight/spectral-rulesets';
import { OFF } from './off.js';
import { RULES } from './rules.js';
import { ALIASES, type StyleRule } from './style-rule.js';

/** Spectral's own rules for OpenAPI and OWASP's for APIs: all of them, unless `OFF` names one. */
export const FOREIGN: [RulesetDefinition, 'all'][] = [
  [rulesets.oas as RulesetDefinition, 'all'],
  // its types describe the package as CommonJS, with the set below `default`
  [owasp as unknown as RulesetDefinition, 'all'],
];

/** Only whether a document is as the schema of OpenAPI says. */
export const SHAPE: RulesetDefinition = { extends: [[rulesets.oas as RulesetDefinition, 'off']], rules: { 'oas3-schema': 'error' } };

const ruleOf = ({ reason, severity = 'error', judge, ...rule }: StyleRule) =>
  ({ ...rule, severity, description: reason, message: '{{error}}', then: judge }) as RuleDefinition;

/** The platform's style guide with both sets of others. */
export const STYLE: RulesetDefinition = {
  extends: FOREIGN,
  aliases: ALIASES,
  rules: {
    ...Object.fromEntries(Object.entries(RULES).map(([name, rule]) => [name, ruleOf(rule)])),
    ...Object.fromEntries(Object.keys(OFF).map(name => [name, 'off' as const])),
  },
};
