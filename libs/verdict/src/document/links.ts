import type { Change } from '../change.js';
import { found, sentence } from './found.js';
import { pairedEntries, sameJson, type Part } from './open-document.js';
import { compareWording } from './wording.js';

/** What leads to where, and with what. */
const LEADS = ['operationId', 'operationRef', 'parameters', 'requestBody', 'server'];

/** The links of an answer. They describe where to go next and are in no answer themselves. */
export function compareLinks(base: Part, revision: Part, what: string): Change[] {
  return pairedEntries(base.get('links'), revision.get('links')).flatMap(([name, before, now]): Change[] => {
    const link = `the link \`${name}\` of ${what}`;
    if (!now) return before ? [found('link-removed', before.pointer, `${sentence(link)} is removed.`)] : [];
    if (!before) return [found('link-added', now.pointer, `${sentence(link)} is new.`)];
    const leads = LEADS.filter(key => !sameJson(before.raw(key), now.raw(key)));
    return [
      ...(leads.length > 0 ? [found('link-changed', now.pointer, `${sentence(link)} leads elsewhere: ${leads.join(', ')} changed.`)] : []),
      ...compareWording(before, now, link),
    ];
  });
}
