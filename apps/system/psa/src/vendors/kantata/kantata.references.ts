import type { ExternalRef } from '#canonical';
import type { Body, Query } from './kantata.api.js';
import type { KantataReference } from './kantata-envelope.js';

// Our id travels on each record of Kantata's that we made, as an inline external reference.

export const SERVICE = 'throughline';
/**
 * A record has one reference of a service. Billing keeps its own on submissions, so that the id
 * under which one was sent is another service's.
 */
export const SUBMISSION_SERVICE = 'throughline-submission';
/** Which of our nouns a record is. */
export type Model = 'project' | 'task' | 'milestone' | 'staffing-request' | 'invoice' | 'time-entry' | 'expense' | SubmissionModel;
export type SubmissionModel = 'timesheet-submission' | 'expense-report-submission';

/** Our reference on a record: which of our things it is. */
export const referenceOf = (references: KantataReference[]): KantataReference | undefined =>
  references.find(({ service_name }) => service_name === SERVICE);

/** Our id on a record of the kind; undefined when it isn't ours, or was retired. */
export function ourId(references: KantataReference[], model: Model): string | undefined {
  const reference = referenceOf(references);
  return reference?.service_model === model ? reference.service_model_ref : undefined;
}

/** A retired duplicate keeps its id under another model, so that no look-up by key finds it. */
export const isRetired = (references: KantataReference[]): boolean => referenceOf(references)?.service_model.startsWith('retired-') ?? false;

export const reference = (model: Model, id: string): Body => ({ service_name: SERVICE, service_model: model, service_model_ref: id });
export const retiredReference = (model: Model, id: string): Body => ({
  ...reference(model, id),
  service_model: `retired-${model}`,
  external_message: 'A duplicate that Throughline took out of use',
});

export const submissionReference = (model: SubmissionModel, id: string): Body => ({ ...reference(model, id), service_name: SUBMISSION_SERVICE });

export const byReference = (model: Model, ids: string[], service = SERVICE): Query => ({
  external_reference_service_name: service,
  external_reference_service_model: model,
  external_reference_service_model_refs: ids.join(','),
});

/** Where a record is in Kantata. */
export const refTo = (account: string, type: string, nativeId: string): ExternalRef => ({ system: 'kantata', account, type, nativeId });
