import { changelogOf } from '../apis/changelog.js';
import { historyOf } from '../apis/history.js';
import { releasedApis } from '../apis/released.js';
import { approvalsOf } from '../approvals/approvals.js';
import { WrongUse, type Command } from '../command.js';

export const changelog: Command = {
  operands: '[api…]',
  count: [0, Infinity],
  options: { json: {} },
  summary: 'What the releases of each API changed, in sentences: REST, GraphQL and events in one changelog.',
  async run({ operands, flags }, io) {
    const released = await releasedApis(io.top);
    const unknown = operands.find(api => !released.includes(api));
    if (unknown) throw new WrongUse(`there is no release of ${unknown}; there are releases of ${released.join(', ') || 'nothing'}`);
    const apis = operands.length > 0 ? released.filter(api => operands.includes(api)) : released;
    const histories = await Promise.all(apis.map(api => historyOf(io.top, api)));
    io.out(flags.has('json') ? `${JSON.stringify(histories.flat(), null, 2)}\n` : changelogOf(histories, await approvalsOf(io)));
    return 0;
  },
};
