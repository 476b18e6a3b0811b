export { account, accountOf, AccountQuery, AppAccount, type ApiAccount, type UsedAccount } from './account.js';
export { answerFit } from './answer.js';
export {
  defineApi,
  extensionsOf,
  LAYERS,
  placeOf,
  uses,
  type Api,
  type ApiDeclaration,
  type Audience,
  type Layer,
  type Lifecycle,
  type ServiceLevel,
} from './api.js';
export { announced, deprecatedFields, deprecatedParameters, deprecationFaults, deprecationOf, markOf } from './deprecated.js';
export { field, type Deprecation, type Deprecations } from './deprecation.js';
export { type EventDeclaration } from './event.js';
export { eventsDeclaration, eventsDocument, type Readers } from './events-document.js';
export { EventEnvelope, EVENTS, thingOf, type CanonicalEvent, type EventData, type EventType, type RecordedEvent, type SetAside } from './events.js';
export { reasonOf, type Fault, type Reason } from './fault.js';
export { FaultView } from './fault-view.js';
export { namesIn, pathOf, type CallOptions, type Client } from './client.js';
export {
  del,
  get,
  operations,
  post,
  put,
  type AnswerOf,
  type InputOf,
  type Method,
  type Operation,
  type Operations,
  type Shape,
  type Translation,
} from './operation.js';
export { ItemProblem, type ItemFault } from './item-problem.js';
export { olderVersion } from './older-version.js';
export { CODES, message, text, type Message, type MessageCode, type ParamsBeside, type ParamsOf, type SlotsOf } from './messages.js';
export { LARGEST_PAGE, PageQuery, type Page } from './page.js';
export { releaseIn, releaseLine, releaseOf, type ApiRelease } from './release.js';
export { PARTNER_SCOPES, SCOPES, type Scope } from './scope.js';
export { TEAMS, type Team } from './team.js';
