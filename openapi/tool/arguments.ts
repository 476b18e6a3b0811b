import { parseArgs } from 'node:util';
import { WrongUse, type Command, type Given } from './command.js';

/** Reads a command's operands and options. What the command does not have is refused by its name. */
export function givenTo(name: string, command: Command, args: readonly string[]): Given {
  const declared = Object.entries(command.options);
  const { tokens } = parseArgs({
    args: [...args],
    strict: false,
    tokens: true,
    allowPositionals: true,
    options: Object.fromEntries(declared.map(([option, { value }]) => [option, { type: value ? 'string' : 'boolean' }] as const)),
  });
  const [operands, flags, values]: [string[], Set<string>, Record<string, string | undefined>] = [[], new Set(), {}];
  for (const token of tokens) {
    if (token.kind === 'positional') operands.push(token.value);
    if (token.kind !== 'option') continue;
    const option = Object.hasOwn(command.options, token.name) ? command.options[token.name] : undefined;
    if (!option) throw new WrongUse(`${name} has no option ${token.rawName}; ${optionsOf(command)}`);
    if (flags.has(token.name) || token.name in values) throw new WrongUse(`${token.rawName} is given twice`);
    if (!option.value) {
      if (token.value !== undefined) throw new WrongUse(`${token.rawName} takes no value`);
      flags.add(token.name);
    } else if (!token.value || (!token.inlineValue && token.value.startsWith('-'))) {
      throw new WrongUse(`${token.rawName} needs a value: ${option.value}`);
    } else values[token.name] = token.value;
  }
  for (const [option, { needed, value }] of declared) {
    if (needed && values[option] === undefined) throw new WrongUse(`${name} needs --${option} ${value}`);
  }
  const [least, most] = command.count;
  if (operands.length < least || operands.length > most) throw new WrongUse(`use: npm run api -- ${usageOf(name, command)}`);
  return { operands, flags, values };
}

/** `diff BASE REVISION [--as-of YYYY-MM-DD] [--json]` */
export function usageOf(name: string, { operands, options }: Command): string {
  const said = Object.entries(options).map(([option, { value, needed }]) => {
    const written = value ? `--${option} ${value}` : `--${option}`;
    return needed ? written : `[${written}]`;
  });
  return [name, operands, ...said].filter(part => part !== '').join(' ');
}

function optionsOf({ options }: Command): string {
  const names = Object.keys(options).map(option => `--${option}`);
  return names.length === 0 ? 'it has none' : `it has ${names.join(', ')}`;
}

/** A real day of the calendar, or `WrongUse`. */
export function dayOf(option: string, value: string): string {
  const day = /^[12]\d{3}-\d{2}-\d{2}$/.test(value) ? new Date(`${value}T00:00:00Z`) : undefined;
  if (!day || Number.isNaN(day.getTime()) || !day.toISOString().startsWith(value)) {
    throw new WrongUse(`${option} ${value} is not a day: YYYY-MM-DD`);
  }
  return value;
}
