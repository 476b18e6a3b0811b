import { RecordFault, type BrokenRule } from '#canonical';
import { element, elements, elementText, soapBody, type ParsedXml } from '#connector';

/** The id of a type in a reference. */
export const idOf = (reference: ParsedXml | undefined, type: string): string | undefined =>
  elementText(
    elements(reference, 'ID').find(id => id['@type'] === type),
    '#text',
  );

export const descriptorOf = (reference: ParsedXml | undefined): string | undefined => elementText(reference, '@Descriptor');

/** A date may carry a zone; it is still that date. */
export const dateOf = (within: ParsedXml | undefined, name: string): string | undefined => elementText(within, name)?.slice(0, 10);

export const flag = (within: ParsedXml | undefined, name: string): boolean => ['1', 'true'].includes(elementText(within, name) ?? '');

/**
 * The refusal, when the text is one. `details` are the sentences of the validation or processing
 * fault.
 */
export interface WorkdayFault {
  code: string;
  reason: string;
  kind: 'authentication' | 'validation' | 'processing' | 'other';
  details: string[];
}

/** Branches on the detail element where there is one: the fault codes are only partly known. */
export function readFault(text: string): WorkdayFault | undefined {
  const fault = element(soapBody(text), 'Fault');
  if (!fault) return undefined;
  const code = elementText(fault, 'faultcode')?.replace(/^[^:]*:/, '') ?? '';
  const reason = elementText(fault, 'faultstring') ?? '';
  const detail = element(fault, 'detail');
  const validation = elements(element(detail, 'Validation_Fault'), 'Validation_Error').flatMap(
    error => elementText(error, 'Detail_Message') ?? elementText(error, 'Message') ?? [],
  );
  const processing = element(detail, 'Processing_Fault');
  if (validation.length > 0) return { code, reason, kind: 'validation', details: validation };
  if (processing) return { code, reason, kind: 'processing', details: [elementText(processing, 'Detail_Message') ?? reason] };
  if (/authenticationError/i.test(code) || /invalid username or password/i.test(reason)) return { code, reason, kind: 'authentication', details: [] };
  return { code, reason, kind: 'other', details: [] };
}

export const unfit = (broken: BrokenRule[]): RecordFault => new RecordFault('workday', broken);
