/**
 * The one way this side asks anything over HTTP. A redirect is answered, not followed: what we send, a token or a secret with it, goes to no
 * other place than the one that was named, and nothing is believed that came from elsewhere.
 */
export const fetchHere = (url: string | URL, init: Omit<RequestInit, 'redirect'> = {}): Promise<Response> =>
  fetch(url, { ...init, redirect: 'manual' });
