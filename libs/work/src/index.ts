export { cureOf, deskOf, deskOfSystem, exceptionOf } from './fault.js';
export { type AnyNeedKind, defineNeed, mayBeMetBy, type NeedKind } from './need.js';
