import { Dice } from './dice.js';
import type { FirmCustomer } from './firm.js';
import { TERMS } from './vocabulary.js';

interface Sketch {
  name: string;
  legalName: string;
  entity: string;
  country: string;
  state?: string;
  city: string;
  street: string;
  /** Absent where the country has none. */
  postalCode?: string;
  parent?: string;
  inErp?: boolean;
  unregistered?: boolean;
}

const SKETCHES: Sketch[] = [
  {
    name: 'Northwind Energy',
    legalName: 'Northwind Energy plc',
    entity: 'LF-UK',
    country: 'GB',
    city: 'London',
    street: '14 Aldgate Row',
    postalCode: 'EC3N 1AB',
  },
  {
    name: 'Brightwater Housing',
    legalName: 'Brightwater Housing Association',
    entity: 'LF-UK',
    country: 'GB',
    city: 'Bristol',
    street: '3 Harbour Walk',
    postalCode: 'BS1 5TY',
    unregistered: true,
  },
  {
    name: 'Nordlicht Versicherung',
    legalName: 'Nordlicht Versicherung AG',
    entity: 'LF-DE',
    country: 'DE',
    city: 'Hamburg',
    street: 'Speicherweg 8',
    postalCode: '20457',
  },
  {
    name: 'Castlegate Retail',
    legalName: 'Castlegate Retail Group Ltd',
    entity: 'LF-UK',
    country: 'GB',
    city: 'York',
    street: '77 Castlegate',
    postalCode: 'YO1 9RN',
    inErp: true,
  },
  {
    name: 'Pennine Logistics',
    legalName: 'Pennine Logistics Ltd',
    entity: 'LF-UK',
    country: 'GB',
    city: 'Leeds',
    street: '2 Canal Wharf',
    postalCode: 'LS11 5PS',
    inErp: true,
  },
  {
    name: 'Copperline Health',
    legalName: 'Copperline Health Inc',
    entity: 'LF-US',
    country: 'US',
    state: 'MA',
    city: 'Boston',
    street: '410 Tremont Street',
    postalCode: '02116',
  },
  {
    name: 'Great Basin Water',
    legalName: 'Great Basin Water Company',
    entity: 'LF-US',
    country: 'US',
    state: 'CO',
    city: 'Denver',
    street: '1900 Platte Avenue',
    postalCode: '80202',
    inErp: true,
  },
  {
    name: 'Lakeshore Media',
    legalName: 'Lakeshore Media LLC',
    entity: 'LF-US',
    country: 'US',
    state: 'IL',
    city: 'Chicago',
    street: '55 Wacker Place',
    postalCode: '60601',
  },
  {
    name: 'Rheintal Maschinenbau',
    legalName: 'Rheintal Maschinenbau SE',
    entity: 'LF-DE',
    country: 'DE',
    city: 'Köln',
    street: 'Industriering 21',
    postalCode: '50667',
    inErp: true,
  },
  {
    name: 'Rheintal Service',
    legalName: 'Rheintal Service GmbH',
    entity: 'LF-DE',
    country: 'DE',
    city: 'Bonn',
    street: 'Am Hafen 4',
    postalCode: '53111',
    parent: 'Rheintal Maschinenbau',
  },
  {
    name: 'Atelier Lumière',
    legalName: 'Atelier Lumière SAS',
    entity: 'LF-DE',
    country: 'FR',
    city: 'Lyon',
    street: '12 rue des Tisserands',
    postalCode: '69002',
  },
  {
    name: 'Harborview Analytics',
    legalName: 'Harborview Analytics Inc',
    entity: 'LF-UK',
    country: 'US',
    state: 'WA',
    city: 'Seattle',
    street: '800 Pike Terrace',
    postalCode: '98101',
  },
];

/** Further away, where nobody asks for a tax registration. */
const ABROAD: Sketch[] = [
  {
    name: 'Sakura Rail',
    legalName: 'Sakura Rail K.K. (桜鉄道株式会社)',
    entity: 'LF-UK',
    country: 'JP',
    city: '東京',
    street: '千代田区丸の内 1-9-1',
    postalCode: '100-0005',
    inErp: true,
    unregistered: true,
  },
  {
    name: 'Al Rai Ports',
    legalName: 'Al Rai Ports K.S.C.',
    entity: 'LF-DE',
    country: 'KW',
    city: 'Kuwait City',
    street: 'Mubarak Al-Kabeer Street 12',
    postalCode: '13001',
    inErp: true,
    unregistered: true,
  },
  {
    name: 'Palm Quay Developments',
    legalName: 'Palm Quay Developments LLC',
    entity: 'LF-US',
    country: 'AE',
    state: 'Dubai',
    city: 'Dubai',
    street: 'Marina Plaza, Office 2104',
    inErp: true,
    unregistered: true,
  },
  {
    name: 'Doha Bay Hospitality',
    legalName: 'Doha Bay Hospitality W.L.L.',
    entity: 'LF-UK',
    country: 'QA',
    city: 'Doha',
    street: 'Zone 61, Street 850, Building 4',
    unregistered: true,
  },
];

/**
 * Twelve customers of three entities; their order never changes, so deals can be written against
 * it.
 */
export const createCustomers = (seed: number): FirmCustomer[] => customersOf(SKETCHES, 0, new Dice(seed * 7919 + 23));

/** Four more, from countries with other currencies, or without postal codes. */
export const createCustomersAbroad = (seed: number): FirmCustomer[] => customersOf(ABROAD, SKETCHES.length, new Dice(seed * 7919 + 29));

function customersOf(sketches: Sketch[], after: number, dice: Dice): FirmCustomer[] {
  const numberOf = (name: string) => `C-${String(after + sketches.findIndex(sketch => sketch.name === name) + 1).padStart(4, '0')}`;
  return sketches.map(sketch => ({
    number: numberOf(sketch.name),
    name: sketch.name,
    legalName: sketch.legalName,
    entity: sketch.entity,
    country: sketch.country,
    state: sketch.state ?? null,
    city: sketch.city,
    street: sketch.street,
    postalCode: sketch.postalCode ?? null,
    email: `billing@${sketch.name
      .normalize('NFD')
      .replace(/[^A-Za-z]/g, '')
      .toLowerCase()}.example`,
    taxRegistration: sketch.unregistered ? null : taxRegistration(sketch.country, dice),
    parentNumber: sketch.parent ? numberOf(sketch.parent) : null,
    terms: dice.pick(TERMS).name,
    inErp: sketch.inErp ?? false,
  }));
}

// Prefixes that the Internal Revenue Service never issued.
const NO_PREFIXES = new Set(['17', '18', '19', '28', '29', '49', '69', '70', '78', '79', '89', '96', '97']);

/** In the form of each country, with valid check digits. */
function taxRegistration(country: string, dice: Dice): string {
  if (country === 'US') {
    const prefix = dice.digits(2);
    return `${NO_PREFIXES.has(prefix) ? '20' : prefix}-${dice.digits(7)}`;
  }
  const digits = dice.digits(country === 'FR' ? 11 : 9);
  if (country === 'FR') return french(digits.slice(0, 8));
  return country === 'DE' ? german(digits.slice(0, 8)) : british(digits.slice(0, 7));
}

/** Weighted 8 to 2; two digits more make it a multiple of 97. */
function british(seven: string): string {
  const sum = Array.from(seven).reduce((total, digit, index) => total + Number(digit) * (8 - index), 0);
  return `GB${seven}${String(97 - (sum % 97)).padStart(2, '0')}`;
}

/** ISO 7064, modulus 11 and 10. */
function german(eight: string): string {
  const product = Array.from(eight).reduce((left, digit) => (((Number(digit) + left) % 10 || 10) * 2) % 11, 10);
  return `DE${eight}${(11 - product) % 10}`;
}

/** A number of a firm by Luhn, after a key to it. */
function french(eight: string): string {
  const sum = Array.from(eight).reduce((total, digit, index) => {
    const counted = Number(digit) * (index % 2 === 0 ? 1 : 2);
    return total + (counted > 9 ? counted - 9 : counted);
  }, 0);
  const firm = `${eight}${(10 - (sum % 10)) % 10}`;
  return `FR${String((12 + 3 * (Number(firm) % 97)) % 97).padStart(2, '0')}${firm}`;
}
