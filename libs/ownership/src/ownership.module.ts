import { Global, Module } from '@nestjs/common';
import { Decisions } from './decisions.js';

@Global()
@Module({ providers: [Decisions], exports: [Decisions] })
export class OwnershipModule {}
