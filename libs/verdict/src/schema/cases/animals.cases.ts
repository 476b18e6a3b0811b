import { named, ref } from './schema.cases.js';

const number = { type: 'integer' };

/** Three schemas that a required constant tells apart. */
export const Cat = { type: 'object', properties: { kind: { const: 'cat' }, lives: number }, required: ['kind'] };
export const Dog = { type: 'object', properties: { kind: { const: 'dog' }, tricks: number }, required: ['kind'] };
const Eel = { type: 'object', properties: { kind: { const: 'eel' }, volts: number }, required: ['kind'] };

export const animals = named({ Cat, Dog, Eel });
export const [cat, dog, eel] = [ref('Cat'), ref('Dog'), ref('Eel')];
