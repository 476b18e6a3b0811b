import type { Capture } from '#capture';
import { withFullView } from '#persistence';

/** The words for legal entities that records of the CRM have, as they are spelt there. */
export const sellerWords = (capture: Capture, noun: 'deal' | 'rate-card'): Promise<string[]> =>
  withFullView('how the CRM spells its legal entities', () => capture.shadow(noun).valuesOf('legalEntity'));
