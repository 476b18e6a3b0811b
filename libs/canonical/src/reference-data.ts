import { OmitType } from '@nestjs/swagger';
import { Bag, Flag, OneOf, Text } from './decorators.js';

export const REFERENCE_KINDS = ['legal-entity', 'cost-centre', 'tax-code', 'payment-terms', 'service-item', 'expense-category'] as const;
export type ReferenceKind = (typeof REFERENCE_KINDS)[number];

/**
 * What the ERP's records refer to: these kinds, and kinds whose values are published when they
 * exist but are never listed.
 */
export type ReferredKind = ReferenceKind | 'currency' | 'employee';
export const REFERRED_KINDS: readonly ReferredKind[] = [...REFERENCE_KINDS, 'currency', 'employee'];

/** Names a value that is referred to, there or not: `payment-terms:Net 30`. */
export const referenceId = (kind: ReferredKind, code: string): string => `${kind}:${code}`;

/** A value the ERP lets others refer to: a legal entity (subsidiary), cost centre (department), tax code, terms, service item, expense category. */
export class ReferenceValue {
  @OneOf(REFERENCE_KINDS) kind: ReferenceKind;
  @Text({ max: 80 }) code: string;
  @Text() name: string;
  @Flag() active: boolean;
  @Bag({ description: 'What else is known: currency and country of a legal entity, rate and country of a tax code, days of terms.' })
  attributes: Record<string, string>;
}

/** What records of the ERP may refer to, listed or not. */
export class ReferredValue extends OmitType(ReferenceValue, ['kind']) {
  @OneOf(REFERRED_KINDS) kind: ReferredKind;
}
