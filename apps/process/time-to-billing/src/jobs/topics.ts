/** Topics of signals between the parts of this app, in all its processes. */
export const TOPICS = {
  /** Lines are to be checked and priced. */
  assess: 'billing:assess',
  /** Postings are ready to be sent. */
  post: 'billing:post',
  /** Batches are left for others to take over. */
  takeOver: 'billing:take-over',
  /** Lines are in a state that is announced only when they stay in it. */
  announce: 'billing:tell',
  /** There may be headroom under a cap. */
  overage: 'billing:overage',
  /** A rate, a card or a term was changed. */
  correct: 'billing:correct',
  /** Timesheets, expense reports or invoices moved on. */
  statusBack: 'billing:status-back',
} as const;
