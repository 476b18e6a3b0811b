import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWTHeaderParameters } from 'jose';
import { testServer, type TestServer } from '#testing';

/** A minimal issuer: the spec controls its keys, its faults and its tokens' claims. */
export class SigningIssuer {
  #server!: TestServer;
  key!: CryptoKey;
  jwk: object = {};
  away = false;
  asked = 0;

  get url(): string {
    return this.#server.url;
  }

  async start(): Promise<void> {
    const { publicKey, privateKey } = await generateKeyPair('ES256');
    this.key = privateKey;
    this.jwk = { ...(await exportJWK(publicKey)), kid: 'k1', alg: 'ES256', use: 'sig' };
    this.#server = await testServer((request, response) => {
      if (this.away) return void request.socket.destroy();
      const isKeys = request.url === '/keys';
      if (isKeys) this.asked += 1;
      const body = isKeys ? { keys: [this.jwk] } : { issuer: this.url, jwks_uri: `${this.url}/keys`, token_endpoint: `${this.url}/token` };
      return void response.end(JSON.stringify(body));
    });
  }

  close(): Promise<void> {
    return this.#server.close();
  }

  async bearer(claims: object = {}, header: Partial<JWTHeaderParameters> = {}, key = this.key): Promise<{ authorization: string }> {
    const now = Math.floor(Date.now() / 1000);
    const whole = {
      iss: this.url,
      aud: 'urn:throughline',
      sub: 'ruth',
      client_id: 'console',
      scope: 'crm.read',
      iat: now,
      exp: now + 600,
      ...claims,
    };
    const token = await new SignJWT(whole).setProtectedHeader({ alg: 'ES256', kid: 'k1', typ: 'at+jwt', ...header }).sign(key, {
      crit: { 'urn:x': false, b64: true },
    });
    return { authorization: `Bearer ${token}` };
  }
}
