import { DOCUMENT_RULES } from './document.rules.js';
import { LIST_RULES } from './list.rules.js';
import { OPERATION_RULES } from './operation.rules.js';
import { PATH_RULES } from './path.rules.js';
import { REQUEST_RULES } from './request.rules.js';
import { SCHEMA_RULES } from './schema.rules.js';
import type { StyleRule } from './style-rule.js';

export const RULES = {
  ...DOCUMENT_RULES,
  ...PATH_RULES,
  ...OPERATION_RULES,
  ...LIST_RULES,
  ...REQUEST_RULES,
  ...SCHEMA_RULES,
} satisfies Record<string, StyleRule>;

export type RuleName = keyof typeof RULES;
