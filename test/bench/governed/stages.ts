import { AccessGuard, AuthenticationGuard } from '#auth';
import { Database } from '#persistence';
import { AccessAudit, AnswerCheck, log, type Metrics, RequestValidation, UsageRecorder } from '#service';
import { ClientThrottlerGuard } from '#throttling';
import { Retirements } from '#versioning';
import { ParcelsController } from './parcel-app.js';
import type { Stopwatch } from './stopwatch.js';

/**
 * The stages of the governed path, as they are shown, with what each is. Those without a method
 * are the way between the others.
 */
export const STAGES: Record<string, string> = {
  arrival: 'door, prefix, router, context, headers',
  token: 'authentication, its token known',
  plan: 'consumer, permits, slot, RateLimit headers',
  retirement: 'whether the operation has ended',
  'to the handler': 'hooks and framework: guards, interceptors, body',
  scope: 'whether the token carries it',
  validation: 'path and query by their classes',
  handler: 'the handler itself',
  statement: 'TypeORM, and waiting for Postgres',
  answer: 'framework, JSON, hooks, socket',
  'access audit': 'refusals and reads of pay',
  conformance: 'an answer in a hundred against the document',
  metrics: 'duration by route, status, client',
  usage: 'counted by consumer, operation and field',
  log: 'the line of the request',
};

type Method = (...args: never[]) => unknown;

/** Has a stopwatch time a method as a stage; after it, the request is on the next part of its way. */
function timed(watch: Stopwatch, of: object, method: string, stage: string, then?: string): void {
  const own = Reflect.get(of, method) as Method;
  const around = function (this: unknown, ...args: never[]): unknown {
    const answer = watch.time(stage, () => own.apply(this, args));
    if (then === undefined) return answer;
    if (answer instanceof Promise) return answer.finally(() => watch.on(then));
    watch.on(then);
    return answer;
  };
  // The framework's metadata of a handler are on its function.
  for (const key of Reflect.getMetadataKeys(own)) Reflect.defineMetadata(key, Reflect.getMetadata(key, own), around);
  Reflect.set(of, method, around);
}

/** Times the stages of all requests of this process, which knows nothing of it. To be called before the app is made. */
export function watchStages(watch: Stopwatch): void {
  timed(watch, AuthenticationGuard.prototype, 'canActivate', 'token');
  timed(watch, ClientThrottlerGuard.prototype, 'canActivate', 'plan');
  timed(watch, Retirements.prototype, 'refuse', 'retirement', 'to the handler');
  timed(watch, AccessGuard.prototype, 'canActivate', 'scope');
  timed(watch, RequestValidation.prototype, 'transform', 'validation');
  timed(watch, ParcelsController.prototype, 'one', 'handler', 'answer');
  timed(watch, Database.prototype, 'query', 'statement');
  timed(watch, AccessAudit.prototype, 'answered', 'access audit');
  timed(watch, AnswerCheck.prototype, 'check', 'conformance');
  timed(watch, UsageRecorder.prototype, 'count', 'usage');
}

/** The same of what an app makes for itself: to be called once it is there. */
export function watchMade(watch: Stopwatch, metrics: Metrics): void {
  timed(watch, metrics.registry.getSingleMetric('throughline_http_request_seconds')!, 'observe', 'metrics');
  timed(watch, log, 'info', 'log');
}
