import { Body, Controller, Inject, Param } from '@nestjs/common';
import {
  billing,
  BillingBatchRequest,
  TransactionsLookUpRequest,
  type BillingBatchStateResponse,
  type BillingMeansResponse,
  type TransactionsLookUpResponse,
  type ErpAbility,
} from '#apis/erp';
import { CurrentPrincipal, type Principal } from '#auth';
import { Problem, type BillingBatch } from '#canonical';
import { Needs } from '#connector';
import { Implements, RequestValidation } from '#service';
import { ERP } from '../erp.token.js';
import type { ErpVendor } from '../vendors/port/erp.port.js';
import { BillableTransactions } from './billable-transactions.service.js';
import { BillingBatches } from './billing-batches.service.js';
import { isPlainBatch } from './plain-batch.rules.js';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

@Needs<ErpAbility>('billing')
@Controller({ version: '1' })
export class BillingBatchesController {
  constructor(private readonly batches: BillingBatches) {}

  @Implements(billing.putBillingBatch)
  async put(@Param('id') id: string, @Body() body: unknown, @CurrentPrincipal() caller: Principal): Promise<BillingBatchStateResponse> {
    return this.batches.put(uuid(id), await checked(body), caller);
  }

  @Implements(billing.getBillingBatch)
  async get(@Param('id') id: string, @CurrentPrincipal() viewer: Principal): Promise<BillingBatchStateResponse> {
    return this.batches.state(uuid(id), viewer);
  }
}

@Needs<ErpAbility>('billing')
@Controller({ version: '1' })
export class BillingMeansController {
  constructor(@Inject(ERP) private readonly vendor: ErpVendor) {}

  @Implements(billing.getBillingMeans)
  get(): BillingMeansResponse {
    const { batchSize } = this.vendor.billing!.means;
    return { batchSize };
  }
}

@Needs<ErpAbility>('billing')
@Controller({ version: '1' })
export class BillableTransactionsController {
  constructor(private readonly transactions: BillableTransactions) {}

  @Implements(billing.lookUpBillableTransactions)
  async lookUp(@Body() { externalIds }: TransactionsLookUpRequest, @CurrentPrincipal() viewer: Principal): Promise<TransactionsLookUpResponse> {
    return { items: await this.transactions.lookUp(externalIds, viewer) };
  }
}

function uuid(id: string): string {
  if (!UUID.test(id)) throw new Problem('invalid', 'The id of a billing batch is a UUID.', { code: 'validation', fields: [ID_FAULT] });
  return id.toLowerCase();
}

const validation = new RequestValidation();

/** Validated like any other request's body, only faster. */
async function checked(body: unknown): Promise<BillingBatch> {
  if (isPlainBatch(body)) return body;
  return (await validation.transform(body, { type: 'body', metatype: BillingBatchRequest })) as BillingBatch;
}

const ID_FAULT = { field: 'id', rule: 'uuid', message: 'id must be a UUID' };
