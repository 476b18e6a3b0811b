// Signs a person in at the issuer by code with PKCE (RFC 7636). The token stays in this page's
// memory: it is in no storage and no address, and is gone when the page is closed.

const PLACE = 'catalogue:signing-in';

const base64url = bytes =>
  btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
const random = () => base64url(crypto.getRandomValues(new Uint8Array(32)));
const challengeOf = async verifier => base64url(new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier))));
const redirectUri = () => `${location.origin}${location.pathname}`;

async function endpoints(issuer) {
  const answer = await fetch(`${issuer}/.well-known/openid-configuration`, { redirect: 'error' });
  if (!answer.ok) throw new Error(`The issuer answered ${answer.status}.`);
  return answer.json();
}

/** Leaves for the issuer; it sends the person back to this page. */
export async function beginSignIn({ issuer, clientId, scope, audience }) {
  const { authorization_endpoint: endpoint } = await endpoints(issuer);
  const verifier = random();
  const state = random();
  sessionStorage.setItem(PLACE, JSON.stringify({ verifier, state, place: location.hash }));
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: clientId,
    redirect_uri: redirectUri(),
    scope,
    resource: audience,
    state,
    code_challenge: await challengeOf(verifier),
    code_challenge_method: 'S256',
  });
  location.assign(`${endpoint}?${query}`);
}

/** The access token, if the issuer has just sent the person back; null if nobody signs in. */
export async function endSignIn({ issuer, clientId, audience }) {
  const query = new URLSearchParams(location.search);
  const begun = JSON.parse(sessionStorage.getItem(PLACE) ?? 'null');
  if (!query.has('state')) return null;
  sessionStorage.removeItem(PLACE);
  history.replaceState(null, '', `${location.pathname}${begun?.place ?? ''}`);
  if (!begun || query.get('state') !== begun.state) throw new Error('This sign-in was not begun here. Sign in again.');
  if (query.has('error')) throw new Error(query.get('error_description') ?? query.get('error'));
  const { token_endpoint: endpoint } = await endpoints(issuer);
  const answer = await fetch(endpoint, {
    method: 'POST',
    redirect: 'error',
    body: new URLSearchParams({
      grant_type: 'authorization_code',
      client_id: clientId,
      code: query.get('code') ?? '',
      redirect_uri: redirectUri(),
      code_verifier: begun.verifier,
      resource: audience,
    }),
  });
  const body = await answer.json();
  if (!answer.ok) throw new Error(body.error_description ?? `The issuer answered ${answer.status}.`);
  return body.access_token;
}
