import { Problem } from '#canonical';
import type { Ending } from '#versioning';

/** `crm@1`, or `crm@1:getDeal` */
export const idOf = ({ app, version, operation = '' }: Omit<Ending, 'successor'>): string =>
  `${app}@${version}${operation === '' ? '' : `:${operation}`}`;

/** What an id names; throws not-found for one that names nothing. */
export function endingOf(id: string): Ending {
  const [, app, version, operation] = /^([^@:]+)@([^@:]+)(?::([^@:]+))?$/.exec(id) ?? [];
  if (app === undefined) throw new Problem('not-found', `There is nothing that is named ${id}.`);
  return { app, version, ...(operation === undefined ? {} : { operation }) };
}
