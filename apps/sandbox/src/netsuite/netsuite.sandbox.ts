import { createPublicKey, generateKeyPair } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import type { Tenant, TenantPlace } from '../kit/index.js';
import { createNetsuite, type NetsuiteOptions } from './netsuite.js';

interface NetsuiteEndpoint {
  baseUrl: string;
  tokenUrl: string;
  accountId: string;
  clientId: string;
  certificateId: string;
  privateKeyFile: string;
  alg: string;
}

const CLIENT = { clientId: 'throughline-integration', certificateId: 'throughline-certificate-1' };

/**
 * Makes the key pair once and stores it in the directory, where the signer of assertions reads it.
 */
export async function openNetsuite({ account, directory }: TenantPlace): Promise<Tenant<NetsuiteOptions, NetsuiteEndpoint>> {
  const privateKeyFile = resolve(directory, 'netsuite-private-key.pem');
  const publicKey = await publicKeyOf(privateKeyFile);
  const certificates = [{ id: CLIENT.certificateId, clientId: CLIENT.clientId, publicKey }];
  return {
    // A job is seen at work.
    watched: { msPerRecord: 3 },
    create: (store, ledger, firm, options) => createNetsuite(store, ledger, firm, { account, certificates, ...options }),
    endpoint: baseUrl => ({
      baseUrl,
      tokenUrl: `${baseUrl}/services/rest/auth/oauth2/v1/token`,
      accountId: account,
      ...CLIENT,
      privateKeyFile,
      alg: 'PS256',
    }),
    settings: ({ baseUrl, tokenUrl, accountId, clientId, certificateId, alg }) => ({
      NETSUITE_ACCOUNT: accountId,
      NETSUITE_BASE_URL: baseUrl,
      NETSUITE_TOKEN_URL: tokenUrl,
      NETSUITE_APP_URL: baseUrl,
      NETSUITE_CLIENT_ID: clientId,
      NETSUITE_CERTIFICATE_ID: certificateId,
      NETSUITE_PRIVATE_KEY_FILE: privateKeyFile,
      NETSUITE_ALG: alg,
      // The sandbox keeps a rate as it comes.
      NETSUITE_RATE_DECIMALS: '6',
    }),
  };
}

async function publicKeyOf(privateKeyFile: string): Promise<string> {
  const kept = await readFile(privateKeyFile, 'utf8').catch(() => null);
  if (kept !== null) return createPublicKey(kept).export({ type: 'spki', format: 'pem' }).toString();
  // NetSuite takes RSA keys of 3072 bits and more.
  const { privateKey, publicKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 3072 });
  await writeFile(privateKeyFile, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
  return publicKey.export({ type: 'spki', format: 'pem' }).toString();
}
