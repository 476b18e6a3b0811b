import { Controller, Get, Param, VERSION_NEUTRAL } from '@nestjs/common';
import { ApiExcludeController, type OpenAPIObject } from '@nestjs/swagger';
import { Authority, Public, SECURITY_SCHEME, type IssuerEndpoints } from '#auth';
import { Problem } from '#canonical';
import { Documents } from './documents.js';

/** The app's own OpenAPI documents, one per version. */
@ApiExcludeController()
@Controller({ path: 'openapi', version: VERSION_NEUTRAL })
export class OpenApiController {
  constructor(
    private readonly documents: Documents,
    private readonly authority: Authority,
  ) {}

  @Get(':file')
  @Public('A contract is no secret; its readers may not have a token yet.')
  async read(@Param('file') file: string): Promise<object> {
    const document = this.documents.of(/^v(\w+)\.json$/.exec(file)?.[1] ?? '');
    if (!document) throw new Problem('not-found', `There is no document ${file}; versions are ${this.documents.versions.join(', ')}.`);
    const endpoints = await this.authority.endpoints().catch(() => undefined);
    return endpoints ? signedInAt(endpoints, document) : document;
  }
}

/** The document with the endpoints of the issuer in use, in the place of the sample's. */
function signedInAt({ authorization, token }: IssuerEndpoints, document: OpenAPIObject): object {
  const { components = {} } = document;
  const { [SECURITY_SCHEME]: scheme } = components.securitySchemes as Record<string, { flows: { clientCredentials: { scopes: object } } }>;
  const { scopes } = scheme.flows.clientCredentials;
  const flows = {
    clientCredentials: { tokenUrl: token, scopes },
    ...(authorization === undefined ? {} : { authorizationCode: { authorizationUrl: authorization, tokenUrl: token, scopes } }),
  };
  return { ...document, components: { ...components, securitySchemes: { [SECURITY_SCHEME]: { ...scheme, flows } } } };
}
