/** A stored name that went since the last release, as `kind name`, and why nothing that bears it is stranded. */
export const WENT: Record<string, Went> = {
  'needs mapping:expense-category:*': { goesOnAs: 'mapping:*:*' },
  // What was asked about a change of a deal is a question now.
  'needs decision:*:*': {
    shownBy: [
      'apps/process/project-initiation/src/flows/deal-to-project/decisions.flow.spec.ts',
      'asks again when an exception of an earlier release, which stored no question, is retried',
    ],
  },
};

type Went =
  /** Another name of the kind makes the same texts, and others besides. */
  | { goesOnAs: string }
  /** A test, by its file and title, that is red without the `migration` that moves what bears it; or that shows that nothing needs to be moved. */
  | { shownBy: [file: string, title: string]; migration?: string };
