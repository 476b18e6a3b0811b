import type { Change } from '../change.js';
import { turned, type Comparing, type Exchange } from './comparing.js';
import { found, sentence } from './found.js';
import type { Notice } from './lifecycle.js';
import { audienceOf, compareMarks } from './marks.js';
import { compareContent } from './messages.js';
import { paired, pairedEntries, sameJson, type Part } from './open-document.js';
import { compareParameters, type Holder } from './parameters.js';
import { compareResponses } from './responses.js';
import { compareReceivedSecurity, compareSecurity } from './security.js';
import { compareServers, serversHolder } from './servers.js';

const METHODS = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace'] as const;

export type Operations = Map<string, Part>;

/** The operations of a path item, by their methods in capital letters. */
export function operationsOf(pathItem: Part | undefined): Operations {
  const operations: Operations = new Map();
  for (const method of METHODS) {
    const operation = pathItem?.get(method);
    if (!operation) continue;
    operation.fields();
    operations.set(method.toUpperCase(), operation);
  }
  return operations;
}

/** What is known of the two documents beside the operation. */
export interface Surroundings {
  comparing: Comparing;
  /** What the base's security schemes are called in the revision. */
  schemeNames: Map<string, string>;
}

/** Two operations under one name: called by our callers, or (`exchange` turned) by us. */
export function compareOperation(base: Holder, revision: Holder, exchange: Exchange, surroundings: Surroundings): Change[] {
  const { comparing, schemeNames } = surroundings;
  const [before, now] = [base.operation, revision.operation];
  const [root, newRoot] = [comparing.base.root, comparing.revision.root];
  const audience = audienceOf(now, revision.pathItem, newRoot.need('info'), newRoot);
  const notice = { audience, asOf: comparing.asOf };
  const isCalled = exchange.sent === 'request';
  const [servers, newServers] = [serversHolder([before, base.pathItem]), serversHolder([now, revision.pathItem])];
  return [
    ...(sameJson(before.raw('operationId'), now.raw('operationId')) ? [] : [idChanged(before, now)]),
    ...compareParameters(base, revision, exchange, comparing, notice),
    ...compareRequestBody(before, now, exchange, comparing, notice),
    ...compareResponses(before, now, exchange, comparing, notice),
    ...compareCallbacks(before, now, exchange, surroundings),
    ...(isCalled
      ? compareSecurity({ operation: before, root }, { operation: now, root: newRoot }, schemeNames)
      : compareReceivedSecurity(before, now, schemeNames)),
    ...(servers || newServers ? compareServers(servers ?? root, newServers ?? newRoot, 'the operation') : []),
    ...compareMarks(before, now, 'the operation', { notice, sent: exchange.answered }),
  ];
}

function idChanged(before: Part, now: Part): Change {
  const [was, is] = [before, now].map(part => part.text('operationId') ?? 'none');
  return found('operation-id-changed', now.pointer, `The operation's id was ${was} and is ${is} now.`);
}

const BODY_RULES = {
  request: {
    removed: 'request-body-removed',
    addedRequired: 'request-body-added-required',
    addedOptional: 'request-body-added-optional',
    required: 'request-body-became-required',
    optional: 'request-body-became-optional',
  },
  response: {
    removed: 'webhook-body-removed',
    addedRequired: 'webhook-body-added',
    addedOptional: 'webhook-body-added',
    required: 'webhook-body-became-required',
    optional: 'webhook-body-became-optional',
  },
} as const;

function compareRequestBody(base: Part, revision: Part, { sent }: Exchange, comparing: Comparing, notice: Notice): Change[] {
  const [before, now] = [base.get('requestBody'), revision.get('requestBody')];
  before?.fields();
  const rules = BODY_RULES[sent];
  if (!now) return before ? [found(rules.removed, before.pointer, 'The request has no body any more.')] : [];
  const required = now.raw('required') === true;
  if (!before)
    return [
      found(
        required ? rules.addedRequired : rules.addedOptional,
        now.pointer,
        `The request has a body now, which ${required ? 'must' : 'may'} be sent.`,
      ),
    ];
  return comparing.once(before, now, `${sent} ${notice.audience} body`, () => {
    const what = 'the body of the request';
    return [
      ...(required === (before.raw('required') === true)
        ? []
        : [
            found(
              required ? rules.required : rules.optional,
              now.pointer,
              `The body of the request ${required ? 'must be sent' : 'may be left out'} now.`,
            ),
          ]),
      ...compareContent(before.get('content'), now.get('content'), { sent, what, notice, unasked: true }, comparing),
      ...compareMarks(before, now, what, { notice, sent }),
    ];
  });
}

/** Calls that an operation brings about: there the other side is called, so what is sent is what it reads. */
function compareCallbacks(base: Part, revision: Part, exchange: Exchange, surroundings: Surroundings): Change[] {
  return pairedEntries(base.get('callbacks'), revision.get('callbacks')).flatMap(([name, before, now]): Change[] => {
    const what = `the callback \`${name}\``;
    if (!now) return before ? [found('callback-removed', before.pointer, `${sentence(what)} is removed.`)] : [];
    if (!before) return [found('callback-added', now.pointer, `${sentence(what)} is new.`)];
    return surroundings.comparing.unlessWithin(before, now, () => compareCallback(what, before, now, exchange, surroundings));
  });
}

function compareCallback(what: string, base: Part, revision: Part, exchange: Exchange, surroundings: Surroundings): Change[] {
  const [before, now] = [new Map(base.members()), new Map(revision.members())];
  const gone = [...before.keys()].filter(expression => !now.has(expression));
  const added = [...now.keys()].filter(expression => !before.has(expression));
  const moved = gone.length === 1 && added.length === 1;
  const changes: Change[] = [];
  if (moved) {
    const [from, to] = [gone[0], added[0]];
    changes.push(found('callback-expression-changed', now.get(to)!.pointer, `${sentence(what)} is made to ${to}, and was made to ${from}.`));
    before.set(to, before.get(from)!);
    before.delete(from);
  }
  for (const [expression, pathItem, newPathItem] of paired(before, now)) {
    if (!newPathItem) changes.push(found('callback-removed', pathItem!.pointer, `${sentence(what)} is no longer made to ${expression}.`));
    else if (!pathItem) changes.push(found('callback-added', newPathItem.pointer, `${sentence(what)} is also made to ${expression}.`));
    else changes.push(...compareDelivered(what, pathItem, newPathItem, turned(exchange), surroundings));
  }
  return changes;
}

/** The operations of a webhook or callback: what is delivered, and what may be answered. `what` stands within a sentence. */
export function compareDelivered(what: string, base: Part, revision: Part, exchange: Exchange, surroundings: Surroundings): Change[] {
  const kind = what.startsWith('the callback') ? 'callback' : 'webhook';
  return paired(operationsOf(base), operationsOf(revision)).flatMap(([method, before, now]): Change[] => {
    if (!now) return before ? [found(`${kind}-removed`, before.pointer, `${sentence(what)} is no longer made by ${method}.`)] : [];
    if (!before) return [found(`${kind}-added`, now.pointer, `${sentence(what)} is made by ${method} now.`)];
    return compareOperation(
      { path: '', pathItem: base, operation: before },
      { path: '', pathItem: revision, operation: now },
      exchange,
      surroundings,
    ).map(change => ({ ...change, text: `In ${what}: ${change.text}` }));
  });
}
