import { Controller, Query, VERSION_NEUTRAL } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { account, AccountQuery, type AppAccount } from '#apis';
import { daysAgo } from '#versioning';
import { Implements } from '../apis/implements.decorator.js';
import { Account } from './account.js';

const DEFAULT_DAYS = 90;

/** Answers the governance app what this app says of itself. It has no row of a legal entity. */
@ApiExcludeController()
@Controller({ version: VERSION_NEUTRAL })
export class AccountController {
  constructor(private readonly own: Account) {}

  @Implements(account.getAccount)
  get(@Query() { since = daysAgo(DEFAULT_DAYS), ...asked }: AccountQuery): Promise<AppAccount> {
    return this.own.of({ since, ...asked });
  }
}
