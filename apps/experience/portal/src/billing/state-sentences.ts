import type { MessageCode } from '#apis';
import type { LineState } from '#canonical';

/** What is said of a line in each state. */
export const STATE_SENTENCES = {
  received: 'line.state.received',
  blocked: 'line.state.blocked',
  ready: 'line.state.ready',
  posted: 'line.state.posted',
  billed: 'line.state.billed',
  paid: 'line.state.paid',
  overage: 'line.state.overage',
  correcting: 'line.state.correcting',
  'needs-credit': 'line.state.needs-credit',
  withdrawn: 'line.state.withdrawn',
  skipped: 'line.state.skipped',
} as const satisfies Record<LineState, MessageCode>;
