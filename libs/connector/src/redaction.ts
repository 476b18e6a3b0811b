const HIDDEN = '[redacted]';

const SECRET_HEADER = /^(authorization|proxy-authorization|cookie|set-cookie|x-api-key|x-auth-token|.*secret.*|.*token.*)$/i;

const SECRET_NAME =
  'access_token|refresh_token|id_token|client_secret|client_assertion|assertion|password|passwd|secret|api_key|apikey|private_key|signature|session_id|sessionId';

const RULES: [RegExp, string][] = [
  // WS-Security and any other element of that name
  [/(<((?:[\w-]+:)?(?:Password|Nonce|BinarySecurityToken|sessionId))\b[^>]*>)[^<]*(<\/\2>)/gi, `$1${HIDDEN}$3`],
  [new RegExp(`("(?:${SECRET_NAME})"\\s*:\\s*)"(?:[^"\\\\]|\\\\.)*"`, 'gi'), `$1"${HIDDEN}"`],
  [new RegExp(`((?:^|[?&\\s])(?:${SECRET_NAME})=)[^&\\s]*`, 'gi'), `$1${HIDDEN}`],
  [/\b(Bearer|Basic)\s+[A-Za-z0-9+/=._~!-]{6,}/gi, `$1 ${HIDDEN}`],
  [/\beyJ[\w-]{5,}\.[\w-]{5,}\.[\w-]*/g, HIDDEN],
];

/**
 * Removes passwords, tokens and other secrets from what is logged, stored or shown; `known` are
 * values to hide wherever they occur.
 */
export function redactText(text: string, known: string[] = []): string {
  const byRule = RULES.reduce((current, [pattern, replacement]) => current.replace(pattern, replacement), text);
  return known.filter(secret => secret.length >= 4).reduce((current, secret) => current.replaceAll(secret, HIDDEN), byRule);
}

export function redactHeaders(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, SECRET_HEADER.test(name) ? HIDDEN : redactText(value)]));
}
