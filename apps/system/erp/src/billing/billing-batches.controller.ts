import { Body, Controller, Get, HttpCode, Param, Post, Put } from '@nestjs/common';
import { ApiBody, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentPrincipal, Scopes, type Principal } from '#auth';
import { Problem, type BillingBatch } from '#canonical';
import { RequestValidation, WritesNothing } from '#service';
import { BillableTransactions } from './billable-transactions.service.js';
import { BillingBatches } from './billing-batches.service.js';
import { BillingBatchRequest, BillingBatchStateResponse, TransactionsLookUpRequest, TransactionsLookUpResponse } from './billing.model.js';
import { isPlainBatch } from './plain-batch.rules.js';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

@ApiTags('billing')
@Controller({ path: 'billing-batches', version: '1' })
export class BillingBatchesController {
  constructor(private readonly batches: BillingBatches) {}

  @Put(':id')
  @Scopes('erp.write')
  @ApiOperation({
    operationId: 'putBillingBatch',
    summary: 'Post or remove up to 100 billable transactions of one kind; ask again with the same until it is done',
    description:
      'The id is a UUID and stands for its content for ever. `done`: every line has its outcome and nothing of the batch can commit any more. ' +
      'A problem `vendor-unavailable` with code `not-made` means that nothing was taken up.',
  })
  @ApiBody({ type: BillingBatchRequest })
  @ApiOkResponse({ type: BillingBatchStateResponse })
  async put(@Param('id') id: string, @Body() body: unknown, @CurrentPrincipal() caller: Principal): Promise<BillingBatchStateResponse> {
    return this.batches.put(uuid(id), await checked(body), caller);
  }

  @Get(':id')
  @Scopes('erp.read')
  @ApiOperation({ operationId: 'getBillingBatch', summary: 'Where a batch is; nothing is done about it' })
  @ApiOkResponse({ type: BillingBatchStateResponse })
  async get(@Param('id') id: string, @CurrentPrincipal() viewer: Principal): Promise<BillingBatchStateResponse> {
    return this.batches.state(uuid(id), viewer);
  }
}

@ApiTags('billing')
@Controller({ path: 'billable-transactions', version: '1' })
export class BillableTransactionsController {
  constructor(private readonly transactions: BillableTransactions) {}

  @Post('look-up')
  @HttpCode(200)
  @WritesNothing()
  @Scopes('erp.read')
  @ApiOperation({ operationId: 'lookUpBillableTransactions', summary: 'What the ERP holds of these lines, asked now; what it has not is left out' })
  @ApiOkResponse({ type: TransactionsLookUpResponse })
  async lookUp(@Body() { externalIds }: TransactionsLookUpRequest, @CurrentPrincipal() viewer: Principal): Promise<TransactionsLookUpResponse> {
    return { items: await this.transactions.lookUp(externalIds, viewer) };
  }
}

function uuid(id: string): string {
  if (!UUID.test(id)) throw new Problem('invalid', 'The id of a billing batch is a UUID.', { code: 'validation', fields: [ID_FAULT] });
  return id.toLowerCase();
}

const validation = new RequestValidation();

/** As any other request's body, but for the time it takes. */
async function checked(body: unknown): Promise<BillingBatch> {
  if (isPlainBatch(body)) return body;
  return (await validation.transform(body, { type: 'body', metatype: BillingBatchRequest })) as BillingBatch;
}

const ID_FAULT = { field: 'id', rule: 'uuid', message: 'id must be a UUID' };
