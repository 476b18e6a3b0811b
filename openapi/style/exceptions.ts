import type { RuleName } from './rules.js';

interface Exception {
  rule: RuleName;
  /** Of the place, in whichever document; in version 1, whose later ones may do the same. */
  pointer: string;
  /** Why the rule is broken there. */
  reason: string;
}

/** Places of our own documents that break a rule, since mending them would break their callers. */
export const EXCEPTIONS: Exception[] = [
  {
    rule: 'money-has-a-currency',
    pointer: '/components/schemas/ExpenseTax/properties/amount',
    reason: 'The tax is part of the amount of its expense, whose currency stands there. A second one could only differ.',
  },
  {
    rule: 'pages-are-asked-by-cursor-and-limit',
    pointer: '/paths/~1v1~1feeds/get',
    reason: 'An app declares a handful of feeds, and answers all of them in one page.',
  },
  {
    rule: 'pages-are-asked-by-cursor-and-limit',
    pointer: '/paths/~1v1~1apis/get',
    reason: 'The platform has a dozen APIs, and answers all of them in one page.',
  },
];

export const isExcepted = ({ rule, pointer }: { rule: string; pointer: string }): boolean =>
  EXCEPTIONS.some(exception => exception.rule === rule && exception.pointer === pointer.replace(/^\/paths\/~1v\d+~1/, '/paths/~1v1~1'));
