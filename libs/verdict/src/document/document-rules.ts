import type { Direction, Severity } from '../change.js';

/** By how much `info.version` has to grow for a change. */
export type Growth = 'major' | 'minor' | 'patch';

export interface Rule {
  severity: Severity;
  /** `message`: as the message travels in which the changed part stands. */
  direction: Direction | 'message';
  why: string;
  /** Words: nothing changes for a caller's program, so a patch tells of it. */
  words?: true;
}

const rule = (severity: Severity, direction: Rule['direction'], why: string): Rule => ({ severity, direction, why });
const words = (why: string): Rule => ({ severity: 'info', direction: 'none', why, words: true });

/**
 * Each change that is told of a document outside of its schemas, by its id. An id is never given to
 * another change: approvals name it.
 *
 * The parts of a webhook and of a callback travel the other way: there we call, and the partner
 * answers. Where that turns a rule round, it has a row of its own that begins with `webhook-`.
 */
const TABLE = {
  // Paths and operations
  'operation-added': rule('info', 'none', 'Nobody calls it yet.'),
  'operation-removed': rule('breaking', 'none', 'Its callers get 404, and were never told that it would end.'),
  'operation-removed-without-sunset': rule(
    'breaking',
    'none',
    'It was deprecated, but no end was announced: callers could not know by when to move.',
  ),
  'operation-removed-before-sunset': rule('breaking', 'none', 'Callers plan with the day that was announced.'),
  'operation-removed-after-sunset': rule('info', 'none', 'The end was announced and has come.'),
  'path-trailing-slash-changed': rule('breaking', 'none', 'To a strict router the two are different resources: callers of the old one get 404.'),
  'path-parameter-renamed': rule('info', 'none', 'The name of a template parameter is never sent.'),
  'operation-id-changed': rule('warning', 'none', 'Generated clients name their methods by it.'),
  // Parameters
  'parameter-removed': rule('breaking', 'request', 'What callers send is ignored from then on, or refused.'),
  'parameter-removed-after-sunset': rule('info', 'request', 'The end was announced and has come.'),
  'parameter-moved': rule('breaking', 'request', 'Callers send it where nobody looks any more.'),
  'parameter-added-required': rule('breaking', 'request', 'No caller sends it yet, so each is refused.'),
  'parameter-added-optional': rule('info', 'request', 'Who does not send it is served as before.'),
  'parameter-became-required': rule('breaking', 'request', 'Callers that leave it out are refused.'),
  'parameter-became-optional': rule('info', 'request', 'Who still sends it is served as before.'),
  'parameter-allowance-narrowed': rule('breaking', 'request', 'Reserved characters or an empty value, sent as they may be today, are refused.'),
  'parameter-allowance-widened': rule('info', 'request', 'More is taken than before.'),
  'style-changed': rule('breaking', 'message', 'The same value is written in another way, so that the reader reads another value.'),
  'explode-changed': rule('breaking', 'message', 'Lists and objects are written in another way, so that the reader reads another value.'),
  'serialization-changed': rule('breaking', 'message', 'A value is written by a style or as a media type: a reader of one cannot read the other.'),
  // Bodies and media types
  'request-body-removed': rule('breaking', 'request', 'What callers send is ignored from then on, or refused.'),
  'request-body-added-required': rule('breaking', 'request', 'No caller sends one yet, so each is refused.'),
  'request-body-added-optional': rule('info', 'request', 'Who sends none is served as before.'),
  'request-body-became-required': rule('breaking', 'request', 'Callers that send none are refused.'),
  'request-body-became-optional': rule('info', 'request', 'Who still sends one is served as before.'),
  'request-media-type-removed': rule('breaking', 'request', 'Callers that send it get 415.'),
  'request-media-type-added': rule('info', 'request', 'More is taken than before.'),
  'request-media-type-narrowed': rule('breaking', 'request', 'Of a range only some types are still taken.'),
  'request-media-type-widened': rule('info', 'request', 'A whole range is taken instead of one type.'),
  'response-media-type-removed': rule('breaking', 'response', 'Callers that accept nothing else get 406, or what they cannot read.'),
  'response-media-type-added': rule('info', 'response', 'It is sent only to those who accept it.'),
  'response-media-type-narrowed': rule('info', 'response', 'Whoever reads the range reads each type of it.'),
  'response-media-type-widened': rule('breaking', 'response', 'Types may come that callers cannot read.'),
  'request-encoding-content-type-removed': rule('breaking', 'request', 'A part of a form that is sent in that type is refused.'),
  'request-encoding-content-type-added': rule('info', 'request', 'A part of a form may be sent in more types.'),
  'response-encoding-content-type-added': rule('breaking', 'response', 'A part of a form may come in a type that the receiver cannot read.'),
  'response-encoding-content-type-removed': rule('info', 'response', 'A part of a form comes in fewer types, each known already.'),
  // Answers
  'response-success-status-removed': rule('breaking', 'response', 'Callers wait for it.'),
  'response-success-status-added': rule('warning', 'response', 'Callers may take any success for the one that they know.'),
  'response-status-changed': rule('breaking', 'response', 'Callers wait for the status of before, and what it promises.'),
  'response-error-status-removed': rule('warning', 'response', 'Callers that act on it need another sign for the same fault.'),
  'response-error-status-added': rule('info', 'response', 'Every caller has to take any 4xx or 5xx as a fault of its class (RFC 9110, 15).'),
  'response-default-removed': rule('warning', 'response', 'What is answered under any other status is not said any more.'),
  'response-default-added': rule('info', 'response', 'It describes what was possible before.'),
  'response-status-widened': rule('warning', 'response', 'Any status of the range may come instead of the one that callers know.'),
  'response-status-narrowed': rule('info', 'response', 'Each status that may still come was possible before.'),
  'response-header-removed': rule('breaking', 'response', 'Callers may read it.'),
  'response-header-added': rule('info', 'response', 'Callers ignore headers that they do not know.'),
  'response-header-became-optional': rule('breaking', 'response', 'Callers may count on it.'),
  'response-header-became-required': rule('info', 'response', 'Who reads it when it is there still can.'),
  'link-added': rule('info', 'response', 'Nothing that was there changes.'),
  'link-removed': rule('warning', 'response', 'Clients that follow it by its name no longer find it; the answer itself has not changed.'),
  'link-changed': rule('warning', 'response', 'Clients that follow it by its name come out elsewhere.'),
  // Webhooks and callbacks: we call, the partner answers
  'webhook-added': rule('info', 'response', 'It is delivered to those who subscribe to it.'),
  'webhook-removed': rule('breaking', 'response', 'Receivers wait for it.'),
  'callback-added': rule('info', 'response', 'It is made to those who give an address for it.'),
  'callback-removed': rule('breaking', 'response', 'Receivers wait for it.'),
  'callback-expression-changed': rule('breaking', 'request', 'The address is read from another place than where callers put it.'),
  'webhook-body-removed': rule('breaking', 'response', 'Receivers read it.'),
  'webhook-body-added': rule('info', 'response', 'Receivers that look for none are not harmed.'),
  'webhook-body-became-optional': rule('breaking', 'response', 'Receivers count on it.'),
  'webhook-body-became-required': rule('info', 'response', 'Who reads it when it is there still can.'),
  'webhook-media-type-added': rule('breaking', 'response', 'A receiver is not asked what it accepts, and may be unable to read it.'),
  'webhook-parameter-removed': rule('breaking', 'response', 'Receivers may read it.'),
  'webhook-parameter-moved': rule('breaking', 'response', 'Receivers look for it where it was.'),
  'webhook-parameter-added': rule('info', 'response', 'Receivers ignore what they do not know.'),
  'webhook-parameter-became-optional': rule('breaking', 'response', 'Receivers may count on it.'),
  'webhook-parameter-became-required': rule('info', 'response', 'Who reads it when it is there still can.'),
  'webhook-parameter-allowance-widened': rule(
    'breaking',
    'response',
    'Reserved characters or an empty value may come, which receivers do not expect.',
  ),
  'webhook-parameter-allowance-narrowed': rule('info', 'response', 'What still comes could come before.'),
  'webhook-status-removed': rule('breaking', 'request', 'A receiver that answers so is taken to have failed.'),
  'webhook-status-added': rule('info', 'request', 'Receivers may answer so, and need not.'),
  'webhook-status-widened': rule('info', 'request', 'Receivers may answer with any status of the range.'),
  'webhook-status-narrowed': rule('breaking', 'request', 'A receiver that answers with another status of the range is taken to have failed.'),
  'request-header-removed': rule('warning', 'request', 'Nobody reads what is still sent in it.'),
  'request-header-added-required': rule('breaking', 'request', 'Nobody sends it yet.'),
  'request-header-added-optional': rule('info', 'request', 'It may be left out.'),
  'request-header-became-required': rule('breaking', 'request', 'Who leaves it out is refused.'),
  'request-header-became-optional': rule('info', 'request', 'Who still sends it is served as before.'),
  'webhook-security-changed': rule('breaking', 'response', 'Receivers check by it that a call is ours.'),
  // Servers
  'server-added': rule('info', 'none', 'The others are still there.'),
  'server-removed': rule('warning', 'none', 'Callers may have it in their settings; the document does not say whether it still answers.'),
  'server-url-changed': rule(
    'warning',
    'none',
    'Callers may have the old one in their settings; the document does not say whether it still answers.',
  ),
  'server-variable-changed': rule('warning', 'none', 'The same settings lead to another address.'),
  // Security
  'security-added': rule('breaking', 'request', 'Callers without credentials get 401.'),
  'security-scope-required': rule('breaking', 'request', 'Tokens that callers hold lack the scope: they get 403.'),
  'security-scheme-required': rule('breaking', 'request', 'Callers have to prove more than they do today.'),
  'security-alternative-removed': rule('breaking', 'request', 'Who proves themselves in this way gets 401.'),
  'security-alternative-added': rule('info', 'request', 'The ways of before remain.'),
  'security-scope-no-longer-required': rule('info', 'request', 'A token that was good is still good.'),
  'security-removed': rule('warning', 'request', 'Every caller is served as before, but so is everybody else: it has to be meant.'),
  'security-made-optional': rule('warning', 'request', 'Every caller is served as before, but so is everybody else: it has to be meant.'),
  'security-scheme-added': rule('info', 'none', 'Operations say which they ask for.'),
  'security-scheme-removed': rule('breaking', 'request', 'Operations asked for it.'),
  'security-scheme-unused-removed': rule('info', 'none', 'No operation asked for it.'),
  'security-scheme-renamed': rule('info', 'none', 'The name of a scheme stands in the document only.'),
  'security-scheme-type-changed': rule('breaking', 'request', 'Callers prove themselves in another way.'),
  'security-scheme-http-changed': rule('breaking', 'request', 'Callers prove themselves in another way.'),
  'security-scheme-key-moved': rule('breaking', 'request', 'Callers send their key where nobody looks any more.'),
  'security-scheme-bearer-format-changed': rule('info', 'request', 'A hint: tokens are opaque to those who send them.'),
  'security-scheme-discovery-changed': rule('breaking', 'request', 'Callers get their tokens from an issuer that is trusted no more.'),
  'security-flow-removed': rule('breaking', 'request', 'Callers get their tokens by it.'),
  'security-flow-added': rule('info', 'request', 'The flows of before remain.'),
  'security-flow-url-changed': rule('breaking', 'request', 'Callers have the address in their settings, and get their tokens there.'),
  'security-flow-refresh-url-changed': rule('warning', 'request', 'Tokens are refreshed elsewhere; a new token can still be had.'),
  'security-scope-removed': rule('breaking', 'request', 'Who asks the issuer for it is refused (RFC 6749, invalid_scope).'),
  'security-scope-added': rule('info', 'request', 'Operations say which they ask for.'),
  // The life of an API
  'stability-lowered': rule('breaking', 'none', 'Partners built on a promise that is taken back: what is beta or draft may change under them.'),
  'stability-declared-below-active': rule('warning', 'none', 'Nothing was promised in writing, but callers may have taken it for stable.'),
  'stability-changed': rule('warning', 'none', 'One of the two is no state that is known, so they cannot be compared.'),
  'stability-declared': words('It was taken for that already.'),
  'stability-no-longer-declared': rule('warning', 'none', 'What callers count on is no longer promised in writing.'),
  'stability-raised': rule('info', 'none', 'More is promised than before.'),
  'retired-without-deprecation': rule('breaking', 'none', 'Callers were never told that it would end.'),
  'retired-before-sunset': rule('breaking', 'none', 'Callers plan with the day that was announced.'),
  'retired-after-sunset': rule('info', 'none', 'The end was announced and has come.'),
  'deprecation-announced': rule('info', 'none', 'It still works, until the day that is told.'),
  'deprecation-withdrawn': rule('info', 'none', 'It stays.'),
  'deprecated-since-changed': words('What counts for callers is the end.'),
  'sunset-missing': rule('warning', 'none', 'Callers are told to move, and not by when.'),
  'sunset-announced': rule('info', 'none', 'Callers know until when.'),
  'sunset-unreadable': rule('warning', 'none', 'A day that cannot be read is no announcement.'),
  'sunset-too-soon': rule('breaking', 'none', 'Callers need the time that they were promised to move.'),
  'sunset-moved-earlier': rule('breaking', 'none', 'Callers plan with the day that was announced.'),
  'sunset-moved-later': rule('info', 'none', 'Callers have more time.'),
  // What we declare of an API
  'audience-narrowed': rule('breaking', 'none', 'Some who may call it today may not call it any more.'),
  'audience-widened': rule('info', 'none', 'All who may call it today still may.'),
  'audience-changed': rule('warning', 'none', 'It is none of internal, partner and public, so it cannot be compared.'),
  'service-level-lowered': rule('warning', 'none', 'Callers get less than they count on.'),
  'service-level-raised': rule('info', 'none', 'Callers get more than they count on.'),
  'service-level-changed': rule('warning', 'none', 'It cannot be told whether callers get less.'),
  'system-of-record-changed': rule('warning', 'none', 'The same fields tell what another system knows.'),
  'owner-changed': words('Another team answers for it.'),
  'contact-changed': words('Questions go elsewhere.'),
  'layer-changed': words('Where it stands among our own APIs does not concern callers.'),
  'sensitivity-added': rule('breaking', 'message', 'Who lacks the right does not see it any more.'),
  'sensitivity-removed': rule('info', 'message', 'All who see it today still do.'),
  'public-declared': rule('warning', 'none', 'It is open to everybody: it has to be meant.'),
  'public-withdrawn': rule('warning', 'none', 'It may ask for a token soon; whether it does is said by its security.'),
  'extension-changed': words('What it means to programs is not known here.'),
  // The document itself
  'documentation-changed': words('Words only.'),
  'openapi-version-changed': words('The API is described in another dialect.'),
  'json-schema-dialect-changed': rule('warning', 'none', 'The same keywords may mean something else.'),
  'version-not-bumped': rule('warning', 'none', 'Callers see by the version alone that something has changed.'),
  'version-lowered': rule('warning', 'none', 'Who sorts releases by their version takes the older for the newer.'),
} satisfies Record<string, Rule>;

export type RuleId = keyof typeof TABLE;

export const DOCUMENT_RULES: Readonly<Record<RuleId, Rule>> = TABLE;
