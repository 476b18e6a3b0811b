/** What a route, or the whole app, can lack. */
export type Lack = 'document' | 'route' | 'auth' | 'scope' | 'throttle' | 'idempotency' | 'audit' | 'order' | 'definition';

/** A difference between what an app serves and what it declares. */
export interface Finding {
  /** The app's name: `crm`. */
  app: string;
  /** `GET /v1/deals/:id` without the app's prefix, `query viewer`, or null for the whole app. */
  route: string | null;
  missing: Lack;
  /** For a person: what is wrong. */
  text: string;
}

const lineOf = ({ app, route, missing, text }: Finding): string => `  ${app} ${route ?? 'as a whole'}: ${missing}: ${text}`;

/** Thrown when an app is not what it declares; names every finding. */
export class ConformanceError extends Error {
  override readonly name = 'ConformanceError';

  constructor(readonly findings: Finding[]) {
    super(`The app does not conform to what it declares:\n${findings.map(lineOf).join('\n')}`);
  }
}
