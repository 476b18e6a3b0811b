import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Deprecation } from '#apis';
import { LEAST_NOTICE_DAYS } from '#verdict';
import { declaredBy } from '../apis/declared.js';
import { emittedApis, type EmittedApi } from '../apis/emitted.js';
import { settle } from '../apis/files.js';
import { contentOf } from '../apis/standing.js';
import { dayOf } from '../arguments.js';
import { WrongUse, type Command, type Given, type Io } from '../command.js';
import { moduleOf, readModule, writtenModule } from '../deprecations/module.js';
import { namesOf } from '../deprecations/names.js';

export const deprecate: Command = {
  operands: 'API OPERATION|OPERATION.query.PARAMETER|SCHEMA.FIELD',
  count: [2, 2],
  options: {
    sunset: { value: 'YYYY-MM-DD', needed: true },
    successor: { value: 'NAME|PATH' },
    why: { value: 'SENTENCE', needed: true },
    since: { value: 'YYYY-MM-DD' },
  },
  summary: 'Announces beside the definition of an API (crm, crm@1) that an operation, a parameter of its query or a field goes away.',
  async run(given, io) {
    const [named = '', of = ''] = given.operands;
    const api = await versionOf(named, io);
    const [document] = await contentOf(io.top, api.file);
    const names = namesOf(document);
    if (!names.has(of)) throw new WrongUse(`${api.api} ${api.version} has no operation and no field ${of}`);
    const file = moduleOf(api.api);
    const all = readModule(file, await readFile(join(io.top, file), 'utf8'));
    const present = all[api.version] ?? [];
    const announced = present.find(one => one.of === of);
    const one = announcement(of, given, io.today, announced);
    refuseSuccessor(one, names);
    refuseDates(one, announced, declaredBy(document).audience, io.today);
    const list = [...present.filter(other => other.of !== of), one].sort((a, b) => a.of.localeCompare(b.of));
    const written = await settle(io.top, file, await writtenModule(io.top, api.api, { ...all, [api.version]: list }));
    io.out(written ? `written: ${file}\nnext: npm run openapi, npm run graphql:schema, npm run api -- release\n` : `${file} says so already\n`);
    return 0;
  },
};

async function versionOf(named: string, { top }: Io): Promise<EmittedApi> {
  const [name = '', version] = named.split('@');
  const versions = (await emittedApis(top, [name])).filter(one => version === undefined || one.version === version);
  const [api, other] = versions;
  if (!api) throw new WrongUse(`there is no version ${version} of ${name}`);
  if (other) throw new WrongUse(`say which version: ${versions.map(one => `${name}@${one.version}`).join(' or ')}`);
  return api;
}

function announcement(of: string, { values }: Given, today: string, announced: Deprecation | undefined): Deprecation {
  const why = values.why?.trim() ?? '';
  if (why === '' || why.length > 300 || /[\r\n]/.test(why)) throw new WrongUse('--why is one sentence of at most 300 characters');
  const since = values.since ? dayOf('--since', values.since) : (announced?.since ?? today);
  const sunset = dayOf('--sunset', values.sunset ?? '');
  return { of, since, sunset, ...(values.successor ? { successor: values.successor } : {}), why: /[.!?]$/.test(why) ? why : `${why}.` };
}

function refuseSuccessor({ of, successor }: Deprecation, names: ReadonlySet<string>): void {
  if (successor === undefined) return;
  if (successor === of) throw new WrongUse(`${of} can't be its own successor`);
  if (!successor.startsWith('/') && !names.has(successor)) {
    throw new WrongUse(`--successor ${successor} is no operation and no field here, and no path (/process/…)`);
  }
}

const DAY = 24 * 60 * 60 * 1000;

/** What was announced is kept: an end may move later, and notice is counted from no day before today. */
function refuseDates({ since, sunset }: Deprecation, announced: Deprecation | undefined, audience: string, today: string): void {
  if (since < today && since !== announced?.since) throw new WrongUse(`--since ${since} has passed: callers are told from today on at the earliest`);
  if (announced && sunset < announced.sunset) throw new WrongUse(`--sunset ${sunset} is before ${announced.sunset}, which was announced`);
  if (sunset === announced?.sunset) return;
  const days = LEAST_NOTICE_DAYS[audience as keyof typeof LEAST_NOTICE_DAYS] ?? LEAST_NOTICE_DAYS.public;
  const told = announced || since < today ? today : since;
  const soonest = new Date(Date.parse(told) + days * DAY).toISOString().slice(0, 10);
  if (sunset < soonest)
    throw new WrongUse(`--sunset ${sunset} is too soon: callers (${audience || 'public'}) have ${days} days, so ${soonest} at the earliest`);
}
