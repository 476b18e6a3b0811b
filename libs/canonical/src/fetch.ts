/**
 * The only way to make an HTTP request on this side. A redirect is returned, not followed: what we
 * send, perhaps with a token or a secret, goes only to the named address, and answers from
 * elsewhere are not trusted.
 */
export const fetchHere = (url: string | URL, init: Omit<RequestInit, 'redirect'> = {}): Promise<Response> =>
  fetch(url, { ...init, redirect: 'manual' });
