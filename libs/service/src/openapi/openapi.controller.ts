import { Controller, Get, Param, VERSION_NEUTRAL } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Public } from '#auth';
import { Problem } from '#canonical';
import { Documents } from './documents.js';

/** The app's own OpenAPI documents, one per version. */
@ApiExcludeController()
@Controller({ path: 'openapi', version: VERSION_NEUTRAL })
export class OpenApiController {
  constructor(private readonly documents: Documents) {}

  @Get(':file')
  @Public('A contract is no secret; its readers may not have a token yet.')
  read(@Param('file') file: string): object {
    const document = this.documents.of(/^v(\w+)\.json$/.exec(file)?.[1] ?? '');
    if (!document) throw new Problem('not-found', `There is no document ${file}; versions are ${this.documents.versions.join(', ')}.`);
    return document;
  }
}
