/** What a reference page is made from. */
export interface ReferencePage {
  /** The app's title. */
  title: string;
  /** All versions, `v1`. */
  versions: string[];
  /** The one that is shown. */
  shown: string;
  /** The API is a GraphQL schema. */
  graphql: boolean;
  /** The public client by which its reader signs in. */
  clientId: string;
}

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const escaped = (text: string): string => text.replace(/[&<>"']/g, sign => ENTITIES[sign]);

/** Of files that are no pages of ours: they may run their own scripts and reach nobody. */
export const STATIC_POLICY = "default-src 'none'; script-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

/** The page may run its own files and call its own origin and the issuer's token endpoint. */
export const policyOf = (tokenEndpoint: string | undefined): string =>
  [
    "default-src 'none'",
    "script-src 'self'",
    // the library sets styles of elements
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    `connect-src 'self'${tokenEndpoint === undefined ? '' : ` ${new URL(tokenEndpoint).origin}`}`,
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');

/** Addresses are relative: the page is served under more than one prefix. */
export function referencePage({ title, versions, shown, graphql, clientId }: ReferencePage): string {
  const links = versions.map(version => {
    const current = version === shown ? ' aria-current="page"' : '';
    return `<a href="./docs?version=${escaped(version)}"${current}>${escaped(version)}</a>`;
  });
  const body = graphql
    ? '<main><p>This API is a GraphQL schema. <a href="./graphiql">GraphiQL</a> shows its types and runs queries.</p></main>'
    : `<nav aria-label="Versions">${links.join(' ')}</nav>
<main id="reference" data-document="./openapi/${escaped(shown)}.json" data-client="${escaped(clientId)}"></main>
<script src="./docs/swagger-ui-bundle.js"></script>
<script src="./docs/start.js"></script>`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}: reference</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="./docs/swagger-ui.css">
</head>
<body>
<h1>${escaped(title)}</h1>
${body}
</body>
</html>
`;
}

/**
 * The page's own script. Tokens stay in its memory. It offers people the sign-in at the issuer
 * only: the flow of programs would ask them for a secret, and the page's client has none.
 */
export const START = `const { document: file, client } = document.getElementById('reference').dataset;
const url = new URL(file, document.baseURI).href;
const forPeople = (name, value) =>
  name === 'flows' && value.authorizationCode ? { authorizationCode: value.authorizationCode } : value;
const ui = SwaggerUIBundle({
  url,
  responseInterceptor: answer => {
    if (answer.url === url && answer.ok) answer.text = JSON.stringify(JSON.parse(answer.text), forPeople);
    return answer;
  },
  dom_id: '#reference',
  deepLinking: false,
  validatorUrl: null,
  persistAuthorization: false,
  oauth2RedirectUrl: new URL('./docs/oauth2-redirect.html', document.baseURI).href,
});
ui.initOAuth({ clientId: client, usePkceWithAuthorizationCodeGrant: true });
`;
