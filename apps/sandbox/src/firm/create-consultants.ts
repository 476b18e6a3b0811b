import { fromCents } from './cents.js';
import { newYear, plusDays } from './days.js';
import { Dice } from './dice.js';
import type { FirmConsultant } from './firm.js';
import { COST_CENTRES, ENTITIES, FIRST_NAMES, LAST_NAMES, LEVEL, LOCATIONS, ROLES } from './vocabulary.js';

/**
 * `size` consultants, spread evenly over entities and roles, so that from 60 on each entity has at
 * least two of each role. The first of each entity leads it. Among the rest, by position, every
 * 13th has left, every 17th has yet to start, every 7th is on leave around `asOf`, and every 10th
 * works part-time. Cost rates have a version from the hire, one from this year and, for two of
 * three, one from next year.
 */
export function createConsultants(seed: number, size: number, asOf: string): FirmConsultant[] {
  const dice = new Dice(seed * 7919 + 11);
  const used = new Set<string>();
  return Array.from({ length: size }, (_, index) => consultant(index, asOf, dice, used));
}

function consultant(index: number, asOf: string, dice: Dice, used: Set<string>): FirmConsultant {
  const entity = ENTITIES[index % ENTITIES.length].code;
  const role = ROLES[Math.floor(index / ENTITIES.length) % ROLES.length];
  const leads = index < ENTITIES.length;
  const name = uniqueName(dice, used);
  const starter = !leads && index % 17 === 16;
  const leaver = !leads && !starter && index % 13 === 12;
  const hiredOn = starter ? plusDays(asOf, dice.whole(30, 120)) : plusDays(asOf, -dice.whole(leaver ? 500 : 150, 2600));
  return {
    employeeNumber: employeeNumber(index),
    ...name,
    role: role.code,
    skills: dice.whole(1, 4) === 1 ? dice.some(role.skills, role.skills.length - 1) : [...role.skills],
    entity,
    costCentre: dice.pick(COST_CENTRES).code,
    managerNumber: leads ? null : managerOf(index),
    location: dice.pick(LOCATIONS[entity]),
    hiredOn,
    terminatedOn: leaver ? plusDays(asOf, -dice.whole(10, 120)) : null,
    leave: !leads && !starter && !leaver && index % 7 === 5 ? [leave(asOf, dice)] : [],
    weeklyHours: !leads && index % 10 === 7 ? 24 : 40,
    costRates: costRates(Math.round(role.cost * LEVEL[entity] * (1 + dice.whole(-8, 8) / 100)), hiredOn, asOf, dice),
  };
}

const employeeNumber = (index: number): string => String(1001 + index);

/** A tree within each entity: eight report to one, the first of the entity to nobody. */
function managerOf(index: number): string {
  const entities = ENTITIES.length;
  const place = Math.floor(index / entities);
  return employeeNumber(Math.floor((place - 1) / 8) * entities + (index % entities));
}

function uniqueName(dice: Dice, used: Set<string>): { firstName: string; lastName: string; email: string } {
  const firstName = dice.pick(FIRST_NAMES);
  const lastName = dice.pick(LAST_NAMES);
  const address = inAscii(`${firstName}.${lastName}`.toLowerCase());
  let email = address;
  for (let n = 2; used.has(email); n++) email = `${address}${n}`;
  used.add(email);
  return { firstName, lastName, email: `${email}@larkfield.example` };
}

function leave(asOf: string, dice: Dice): FirmConsultant['leave'][number] {
  const type = dice.pick(['Parental Leave', 'Sabbatical', 'Medical Leave']);
  const now = dice.whole(0, 1) === 0;
  const from = plusDays(asOf, now ? -dice.whole(5, 40) : dice.whole(35, 100));
  const openEnded = type === 'Medical Leave' && now;
  return { from, to: openEnded ? null : plusDays(asOf, dice.whole(now ? 60 : 110, now ? 200 : 180)), type };
}

/** `cents` is this year's cost per hour. */
function costRates(cents: number, hiredOn: string, asOf: string, dice: Dice): FirmConsultant['costRates'] {
  const rates = [{ from: hiredOn, amount: fromCents(Math.round(cents * 0.95)) }];
  if (hiredOn < newYear(asOf)) rates.push({ from: newYear(asOf), amount: fromCents(cents) });
  if (hiredOn < newYear(asOf, 1) && dice.whole(1, 3) > 1) rates.push({ from: newYear(asOf, 1), amount: fromCents(Math.round(cents * 1.04)) });
  return rates;
}

/** The Turkish ı is a letter without a mark. */
const inAscii = (name: string): string =>
  name
    .replaceAll('ı', 'i')
    .normalize('NFD')
    .replaceAll(/\p{Mark}/gu, '');
