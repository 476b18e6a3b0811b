import { Roles } from '#persistence';
import { prepareInstallation } from './installation.js';

// Runs in its own process, so that the supervisor loads no app and no app ever has the owner's
// password.
const { OWNER_URL, ROLE_PREFIX } = process.env;
await prepareInstallation(OWNER_URL!, new Roles(ROLE_PREFIX!));
process.exit(0);
