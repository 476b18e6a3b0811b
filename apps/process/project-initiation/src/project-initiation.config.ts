import { IsIn, Matches, ValidateBy } from 'class-validator';
import { POLICIES, type Policy } from '#ownership';
import { LONGEST_WAIT_MS, Setting } from '#service';
import { ONE_PART_DUE, type OnePartDue } from './flows/deal-to-project/one-part.rules.js';
import { OFF_CARD } from './sold-rates/sold-rates.rules.js';

const COUNTRY = /^[A-Z]{2}$/;
const PARTS_OF_COUNTRY = /^[A-Z]{2}=(street|city|state|postalCode)(\+(street|city|state|postalCode))*$/;

function isPatternOfCountry(text: unknown): boolean {
  if (typeof text !== 'string' || !/^[A-Z]{2}=./.test(text)) return false;
  try {
    return new RegExp(text.slice(3), 'u') instanceof RegExp;
  } catch {
    return false;
  }
}

/** Settings of project initiation. */
export class ProjectInitiationConfig {
  @Setting({
    env: 'PROJECT_INITIATION_CLOCK_MS',
    default: 900_000,
    within: [1_000, LONGEST_WAIT_MS],
    description: 'A deal whose project is not running after this long is an exception although nothing failed.',
  })
  clockMs: number;
  @Setting({
    env: 'PROJECT_INITIATION_DUE_MS',
    default: 28_800_000,
    within: [1_000, LONGEST_WAIT_MS],
    description: 'How long a desk has to decide an exception.',
  })
  dueMs: number;
  @Setting({
    env: 'PROJECT_INITIATION_PROBE_MS',
    default: 60_000,
    within: [100, LONGEST_WAIT_MS],
    description:
      'How often one of the deals that wait for a back end tries whether it is back, and those whose customer matches several in the ERP whether it still does.',
  })
  probeMs: number;
  @Setting({
    env: 'PROJECT_INITIATION_SOLD_RATE',
    default: 'refuse',
    description: `What a sold rate is that is not the rate card's: one of ${OFF_CARD.join(', ')}. refuse: it is corrected in the CRM. ask: somebody says whether it holds.`,
  })
  @IsIn(OFF_CARD)
  soldRate: (typeof OFF_CARD)[number];
  @Setting({
    env: 'PROJECT_INITIATION_SOLD_RATE_ASKED_ABOVE',
    default: 0,
    within: [0, 1000],
    fractions: true,
    description: "With ask: how far off the card's rate a sold rate may be without a question, in percent of the card's.",
  })
  soldRateAskedAbove: number;
  @Setting({
    env: 'PROJECT_INITIATION_ONE_PART_DUE',
    default: 'last-day',
    description: `When a fixed price is billed whose parts are not known, because the CRM keeps no milestones: as one milestone on one of ${ONE_PART_DUE.join(', ')} of the project.`,
  })
  @IsIn(ONE_PART_DUE)
  onePartDue: OnePartDue;
  @Setting({
    env: 'PROJECT_INITIATION_DRIFT',
    default: 'apply',
    description: `What becomes of an attribute that follows the CRM and that somebody changed in the PSA or ERP since, when the deal is written again: one of ${POLICIES.join(', ')}. apply: it is written over, and told. ask: somebody decides first. ignore: it stays, and that is told.`,
  })
  @IsIn(POLICIES)
  drift: Policy;
  @Setting({
    env: 'PROJECT_INITIATION_PLAN_DAYS',
    default: 90,
    within: [1, 3_650],
    description: 'How long plans that were not applied are kept, in days.',
  })
  planDays: number;

  @Setting({
    env: 'CUSTOMER_ADDRESS_PARTS',
    default: [],
    description:
      'What the billing address of a customer must have, where the firm asks for something else than its country does; by country: IT=street+city+postalCode.',
  })
  @Matches(PARTS_OF_COUNTRY, { each: true, message: 'CUSTOMER_ADDRESS_PARTS must be like IT=street+city+postalCode' })
  addressParts: string[];
  @Setting({
    env: 'CUSTOMER_TAX_REGISTRATION_REQUIRED',
    default: 'AT BE BG CH CY CZ DE DK EE ES FI FR GB GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK'.split(' '),
    description: 'Countries whose customers need a tax registration.',
  })
  @Matches(COUNTRY, { each: true, message: 'CUSTOMER_TAX_REGISTRATION_REQUIRED must be ISO 3166 country codes' })
  taxRegistrationRequired: string[];
  @Setting({
    env: 'CUSTOMER_TAX_REGISTRATION_PATTERNS',
    default: [],
    description:
      'What the whole of a tax registration must match, in capitals and without blanks and punctuation, where the firm has a rule of its own; by country, without commas: PL=\\d{10}.',
  })
  @ValidateBy(
    { name: 'patterns', validator: { validate: isPatternOfCountry } },
    { each: true, message: 'CUSTOMER_TAX_REGISTRATION_PATTERNS must be a country and a regular expression, like PL=\\d{10}' },
  )
  taxRegistrationPatterns: string[];
  @Setting({
    env: 'CUSTOMER_DOUBTFUL_TAX_REGISTRATION',
    default: 'ask',
    description:
      'A tax registration of the right form that fails the check digits or another check of its country: ask finance, who correct it or say that it is right; or accept it.',
  })
  @IsIn(['ask', 'accept'])
  doubtfulTaxRegistration: 'ask' | 'accept';
}
