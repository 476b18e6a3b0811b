/**
 * ISO 4217: the codes of currencies and how many decimals their amounts have. Made from the
 * maintenance agency's list one as npm `currency-codes` packages it, with the agency's later
 * amendments listed separately. `currency.spec.ts` generates it from that package, compares it with
 * CLDR, and names each difference. A new amendment is a row here. Codes without decimals of their
 * own (gold, XXX) are not money.
 */
export const LIST_ONE = {
  package: 'currency-codes 2.2.0',
  published: '2024-06-25',
  /** Decimals -> codes. */
  codes: {
    0: 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF',
    2:
      'AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW CNY COP COU CRC CUC ' +
      'CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT ' +
      'LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON ' +
      'RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XCD ' +
      'YER ZAR ZMW ZWG',
    3: 'BHD IQD JOD KWD LYD OMR TND',
    4: 'CLF UYW',
  },
};

/** A code that came or went: its decimals, the first day it may be used, the last day that it was legal tender. */
export interface CurrencyChange {
  code: string;
  decimals: number;
  from?: string;
  until?: string;
}

/** The agency's amendments since that list, by number. */
export const AMENDMENTS: Record<number, CurrencyChange[]> = {
  // Announced in 2023 for 2025, so the list of 2024 lacks it. Notes in Antillean guilders were
  // accepted for three more months.
  176: [
    { code: 'XCG', decimals: 2, from: '2025-03-31' },
    { code: 'ANG', decimals: 2, until: '2025-06-30' },
  ],
  // Announced in 2025, so the list of 2024 still has it.
  178: [{ code: 'CUC', decimals: 2, until: '2021-06-30' }],
  179: [{ code: 'XAD', decimals: 2, from: '2025-05-12' }],
  // Paid in beside the euro during January.
  180: [{ code: 'BGN', decimals: 2, until: '2026-01-31' }],
};

/**
 * Withdrawn before that list was published, from 2010 on; older work isn't billed. The agency
 * states the month, CLDR the day. The list of withdrawn codes has no minor units; these are the
 * ones that list one had.
 */
export const WITHDRAWN: CurrencyChange[] = [
  { code: 'EEK', decimals: 2, until: '2010-12-31' },
  { code: 'ZMK', decimals: 2, until: '2013-01-01' },
  { code: 'LVL', decimals: 2, until: '2013-12-31' },
  { code: 'LTL', decimals: 2, until: '2014-12-31' },
  { code: 'BYR', decimals: 0, until: '2017-01-01' },
  { code: 'STD', decimals: 2, until: '2017-12-31' },
  { code: 'MRO', decimals: 2, until: '2018-06-30' },
  { code: 'VEF', decimals: 2, until: '2018-08-20' },
  { code: 'HRK', decimals: 2, until: '2023-01-14' },
  { code: 'SLL', decimals: 2, until: '2023-12-31' },
  { code: 'ZWL', decimals: 2, until: '2024-08-31' },
];
