import { reportOf, type Change, type Report } from '#verdict';
import { judge } from '../judge/judge.js';
import type { ApiDocument } from '../read/document.js';
import { numberOf, releasesOf, type Release } from './released.js';
import { betweenReleases, contentOf, isWords } from './standing.js';
import { stampOf } from './stamp.js';

/**
 * A release of an API, and what it changed: for callers of the one before, and of a new major
 * version for those who move to it.
 */
export interface Past {
  readonly api: string;
  /** `1.4` */
  readonly number: string;
  /** With its patches: `1.4.2`. */
  readonly version: string;
  readonly on?: string;
  /** Absent of the first release of all. */
  readonly since?: { readonly number: string; readonly report: Report };
}

/** By this day no end has come: the day of a release that does not tell its own. */
const LONG_AGO = '1970-01-01';

/** The releases of an API, the newest first. */
export async function historyOf(top: string, api: string): Promise<Past[]> {
  const known: Known[] = [];
  for (const release of await releasesOf(top, api)) {
    const [document, text] = await contentOf(top, release.file);
    known.push({ ...release, ...stampOf(document.kind, text), document });
  }
  const past: Past[] = [];
  for (const [at, release] of known.entries()) {
    const { version, on } = release;
    const before = known[at - 1]?.major === release.major ? known[at - 1] : ofMajorBefore(release, known.slice(0, at));
    const since = before && { number: numberOf(before), report: await changesFrom(before, release) };
    past.unshift({ api, number: numberOf(release), version, on, since });
  }
  return past;
}

interface Known extends Release {
  readonly document: ApiDocument;
  readonly version: string;
  readonly on?: string;
}

/** The newest of the major version before that was out by then: what a caller moves from. */
function ofMajorBefore({ on }: Known, earlier: readonly Known[]): Known | undefined {
  const before = earlier.filter(({ major }) => major === earlier.at(-1)?.major);
  return before.findLast(one => one.on !== undefined && on !== undefined && one.on <= on) ?? before[0];
}

async function changesFrom(before: Known, { document, major, on }: Known): Promise<Report> {
  if (before.major === major) return betweenReleases(await judge(before.document, document, on ?? LONG_AGO));
  const { changes } = await judge(asMajor(before, major), document, on ?? LONG_AGO);
  const ofCalls = changes.filter(change => !/^\/(info|servers)(\/|$)/.test(change.pointer) && !isWords(change));
  return reportOf(ofCalls.map(change => (change.id.startsWith('operation-removed') ? leftOut(change, before.major, major) : change)));
}

/** It is removed from nowhere: the version before still has it. */
const leftOut = ({ operation, ...change }: Change, before: number, major: number): Change => ({
  ...change,
  operation: operation?.replace(`/v${major}`, `/v${before}`) ?? null,
  text: `Version ${major} does not have it.`,
});

/**
 * A document with the paths of another major version (`/v1/checks` as `/v2/checks`), before any of
 * it went away: that the old version ends is no difference of the new one.
 */
function asMajor({ document, major }: Known, as: number): ApiDocument {
  if (document.kind !== 'OpenAPI') return document;
  const of = new RegExp(`^/v${major}(?=/|$)`);
  const paths = Object.entries((document.root.paths ?? {}) as Record<string, Record<string, unknown>>).map(([path, item]) => [
    path.replace(of, `/v${as}`),
    Object.fromEntries(Object.entries(item).map(([key, value]) => [key, staying(value)])),
  ]);
  return { ...document, root: { ...document.root, paths: Object.fromEntries(paths) as object } };
}

/** An operation without the marks of its end, and without the answer that it gives after that. */
function staying(operation: unknown): unknown {
  if (!isObject(operation) || operation.deprecated !== true) return operation;
  const { deprecated: _, 'x-deprecated-since': __, 'x-sunset': ___, 'x-successor': ____, responses, ...rest } = operation;
  return {
    ...rest,
    responses: isObject(responses) ? Object.fromEntries(Object.entries(responses).filter(([status]) => status !== '410')) : responses,
  };
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);
