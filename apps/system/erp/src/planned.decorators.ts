import { applyDecorators, HttpCode, Post, Put } from '@nestjs/common';
import { ApiHeader, ApiOkResponse, ApiOperation, OmitType } from '@nestjs/swagger';
import { Scopes } from '#auth';
import { Applied, Planned } from '#canonical';
import { WritesNothing } from '#service';

export class PlannedResponse extends OmitType(Planned, []) {}
export class AppliedResponse extends OmitType(Applied, []) {}

const IF_MATCH = { name: 'If-Match', required: false, description: 'The hash of a plan: apply exactly this plan, else 412 and nothing is written.' };

interface Told {
  operationId: string;
  summary: string;
  description?: string;
}

/** `PUT :id` of a desired state, which may be bound to a plan. */
export const Puts = (told: Told): MethodDecorator =>
  applyDecorators(Put(':id'), Scopes('erp.write'), ApiHeader(IF_MATCH), ApiOperation(told), ApiOkResponse({ type: AppliedResponse }));

/** `POST :id/plans`: what putting the same would change. */
export const Plans = (operationId: string): MethodDecorator =>
  applyDecorators(
    Post(':id/plans'),
    HttpCode(200),
    WritesNothing(),
    Scopes('erp.read'),
    ApiOperation({ operationId, summary: 'What putting it would change; nothing is written' }),
    ApiOkResponse({ type: PlannedResponse }),
  );
