import { Setting } from '#service';

export class GovernanceConfig {
  @Setting({
    env: 'GOVERNANCE_BROWSER_CLIENT_ID',
    default: 'console',
    description:
      "The issuer's public client by which people sign in to the catalogue, by code with PKCE. It may redirect to /governance/catalogue and has the scope governance.read.",
  })
  browserClientId: string;
}
