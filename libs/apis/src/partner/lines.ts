import { BusinessDate, Flag, Id, Instant, Money, Nested, OneOf, Ref, Text, Whole } from '#canonical';
import { get, operations } from '../operation.js';
import { PageQuery } from '../page.js';

export const PARTNER_LINE_STATES = [
  'received', // we have it; the PSA does not yet
  'in-psa', // a draft in the PSA
  'submitted', // sent for approval
  'approved',
  'rejected', // to be corrected and submitted again
  'accepted-for-billing', // passed all checks
  'withdrawn', // taken back, or deleted
  'blocked', // `reasons` says why
] as const;
export type PartnerLineState = (typeof PARTNER_LINE_STATES)[number];

/** Why a line doesn't go on, in words for an outsider. */
export class PartnerReason {
  @Text({ max: 80, description: 'The same sentence always has the same code.' }) code: string;
  @Text({ max: 1000 }) text: string;
  @Flag({ description: 'Whether the agency has to correct something; otherwise we have to.' }) yours: boolean;
}

/** Time or an expense of one of the agency's people, and what became of it. */
export class PartnerLine {
  @Id() id: string;
  @OneOf(['time', 'expense']) kind: 'time' | 'expense';
  @OneOf(PARTNER_LINE_STATES) state: PartnerLineState;
  @Nested(() => PartnerReason, { list: true, description: 'Of a line that is blocked or rejected, as far as known.' }) reasons: PartnerReason[];
  @Ref('Project') projectId: string;
  @Text() person: string;
  @Text({ optional: true, max: 320, description: 'The work e-mail, by which the PSA and HCM know the person.' }) email?: string;
  @BusinessDate() workDate: string;
  @Whole({ optional: true, description: 'Of time.' }) minutes?: number;
  @Nested(() => Money, { optional: true, description: 'What was spent, of an expense.' }) spent?: Money;
  @Text({ optional: true, max: 120, description: 'Of an expense.' }) category?: string;
  @Text({ optional: true, max: 1000 }) note?: string;
  @Instant({ description: 'When any of this last changed here.' }) changedAt: string;
}

export class PartnerLineQuery extends PageQuery {
  @OneOf(PARTNER_LINE_STATES, { optional: true }) state?: PartnerLineState;
  @BusinessDate({ optional: true, description: 'The first day worked.' }) from?: string;
  @BusinessDate({ optional: true, description: 'The last day worked.' }) to?: string;
  @Instant({ optional: true, description: 'Changed then or later: the `changedAt` of the last line that the caller has.' }) changedSince?: string;
}

export const lines = operations('lines', {
  listLines: get('lines', {
    scope: 'partner.read',
    summary: "Time and expenses of the agency's people and what became of them, what changed last at the end",
    query: PartnerLineQuery,
    pageOf: PartnerLine,
    conditional: true,
  }),
  getLine: get('lines/:id', {
    scope: 'partner.read',
    summary: "Time or an expense of one of the agency's people, and what became of it",
    answer: PartnerLine,
    conditional: true,
  }),
});
