import { createPublicKey, generateKeyPair } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { promisify } from 'node:util';

/** What an integration logs in with at each stand-in. The same for everybody: nothing behind them is real. */
export interface SampleCredentials {
  salesforce: { clientId: string; clientSecret: string };
  kantata: { accessToken: string };
  workday: { username: string; password: string };
  netsuite: { clientId: string; certificateId: string; privateKeyFile: string; publicKey: string };
}

/** NetSuite's key pair is made once and kept in `directory`, where whoever signs assertions reads it. */
export async function sampleCredentials(directory: string): Promise<SampleCredentials> {
  const privateKeyFile = resolve(directory, 'netsuite-private-key.pem');
  return {
    salesforce: { clientId: 'throughline-integration', clientSecret: 'salesforce-sample-secret' },
    kantata: { accessToken: 'kantata-sample-token' },
    workday: { username: 'ISU_Throughline@larkfield', password: 'workday-sample-password' },
    netsuite: {
      clientId: 'throughline-integration',
      certificateId: 'throughline-certificate-1',
      privateKeyFile,
      publicKey: await publicKeyOf(privateKeyFile),
    },
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
