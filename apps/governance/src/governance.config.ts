import { Setting } from '#service';

export class GovernanceConfig {
  @Setting({
    env: 'GOVERNANCE_BROWSER_CLIENT_ID',
    default: 'console',
    description:
      "The issuer's public client by which people sign in to the catalogue, by code with PKCE. It may redirect to /governance/catalogue and has the scope governance.read.",
  })
  browserClientId: string;

  @Setting({
    env: 'GOVERNANCE_GRACE_DAYS',
    default: 30,
    within: [1, 400],
    description: 'A version or an operation is not retired while anybody used it within so many days, unless an approval names each of them.',
  })
  graceDays: number;
}
