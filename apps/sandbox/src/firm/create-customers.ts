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
  postalCode: string;
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

/** Twelve customers of three entities; their order never changes, so deals can be written against it. */
export function createCustomers(seed: number): FirmCustomer[] {
  const dice = new Dice(seed * 7919 + 23);
  const numberOf = (name: string) => `C-${String(SKETCHES.findIndex(sketch => sketch.name === name) + 1).padStart(4, '0')}`;
  return SKETCHES.map(sketch => ({
    number: numberOf(sketch.name),
    name: sketch.name,
    legalName: sketch.legalName,
    entity: sketch.entity,
    country: sketch.country,
    state: sketch.state ?? null,
    city: sketch.city,
    street: sketch.street,
    postalCode: sketch.postalCode,
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

/** The form each country's registrations have; no check digits. */
function taxRegistration(country: string, dice: Dice): string {
  switch (country) {
    case 'US':
      return `${dice.digits(2)}-${dice.digits(7)}`;
    case 'FR':
      return `FR${dice.digits(11)}`;
    default:
      return `${country}${dice.digits(9)}`;
  }
}
