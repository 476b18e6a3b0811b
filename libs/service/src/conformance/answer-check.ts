import { Inject, Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { APP, type App } from '../app-definition.js';
import { log } from '../logs/log.js';
import { Metrics } from '../metrics/metrics.js';
import { Documents } from '../openapi/documents.js';
import { PROBLEM_COMPONENTS } from '../openapi/problem-responses.js';
import { ServiceConfig } from '../service.config.js';
import { DocumentedAnswers, type AnswerFault } from './documented-answers.js';

/** A larger answer is not checked: reading it again would hold up the others. In characters. */
export const LARGEST_CHECKED = 1_048_576;
/** How many different faults are kept and logged; others are only counted. */
export const MOST_KEPT = 100;

/** Answers of one operation and status that break their document in one way. */
export interface AnswerMismatch extends AnswerFault {
  /** `GET /v1/deals/:id`, or `none` for an answer of no operation. */
  operation: string;
  status: number;
  count: number;
}

/** What was found among the answers since the app started. */
export interface AnswerReport {
  checked: number;
  skipped: number;
  mismatched: number;
  /** The first `MOST_KEPT` of them. */
  mismatches: AnswerMismatch[];
}

/**
 * Compares answers with the app's own documents, after they were made and before they are sent. It
 * changes none: what differs is counted, logged once without values, and kept for the report.
 */
@Injectable()
export class AnswerCheck {
  readonly #mismatches = new Map<string, AnswerMismatch>();
  readonly #byVersion = new Map<string, DocumentedAnswers>();
  readonly #problems = new DocumentedAnswers({ paths: {}, components: PROBLEM_COMPONENTS as never });
  readonly #counts = { checked: 0, skipped: 0, mismatched: 0 };

  constructor(
    private readonly documents: Documents,
    private readonly config: ServiceConfig,
    private readonly metrics: Metrics,
    @Inject(APP) private readonly app: App,
  ) {}

  /** Checks the answer if it is one of the sample. Never throws. */
  check(request: FastifyRequest, reply: FastifyReply, payload: unknown): void {
    if (this.config.answerCheckSample === 0 || Math.random() >= this.config.answerCheckSample) return;
    // An answer that is given again may be one that an earlier release made.
    if (reply.hasHeader('idempotency-replayed')) return this.#skip();
    const text = payload ?? '';
    if (request.method === 'HEAD' || typeof text !== 'string' || text.length > LARGEST_CHECKED) return this.#skip();
    try {
      this.#compare(request, reply, text);
    } catch (err) {
      log.error({ app: this.app.name, err }, 'an answer could not be compared with its document');
    }
  }

  report(): AnswerReport {
    return { ...this.#counts, mismatches: [...this.#mismatches.values()] };
  }

  #compare({ method, routeOptions }: FastifyRequest, reply: FastifyReply, text: string): void {
    const path = routeOptions?.url ?? '';
    const contentType = reply.getHeader('content-type') as string | undefined;
    const answers = this.#answersOf(path);
    const known = answers?.has(method, path) === true;
    const fault = known
      ? answers.faultOf({ method, path, status: reply.statusCode, contentType, text })
      : this.#problems.problemFaultOf(contentType, text);
    this.#counts.checked += 1;
    if (fault) this.#note({ operation: known ? `${method} ${path}` : 'none', status: reply.statusCode, ...fault, count: 1 });
  }

  /** The checks of the document of the version in the path. */
  #answersOf(path: string): DocumentedAnswers | undefined {
    const version = /^\/v(\w+)\//.exec(path)?.[1];
    const document = version && this.documents.of(version);
    if (!document) return undefined;
    const answers = this.#byVersion.get(version) ?? new DocumentedAnswers(document);
    this.#byVersion.set(version, answers);
    return answers;
  }

  #note(mismatch: AnswerMismatch): void {
    const { operation, status, pointer, rule, text } = mismatch;
    this.#counts.mismatched += 1;
    this.metrics
      .counter('throughline_answer_mismatches_total', 'Answers that differ from their document.', ['operation', 'status'])
      .inc({ operation, status });
    const key = [operation, status, pointer, rule].join('\n');
    const known = this.#mismatches.get(key);
    if (known) return void (known.count += 1);
    if (this.#mismatches.size >= MOST_KEPT) return;
    this.#mismatches.set(key, mismatch);
    log.error({ app: this.app.name, operation, status, pointer, rule, expected: text }, 'an answer differs from its document');
  }

  #skip(): void {
    this.#counts.skipped += 1;
    this.metrics.counter('throughline_answers_unchecked_total', 'Sampled answers that were not compared: too large, or no text.').inc();
  }
}
