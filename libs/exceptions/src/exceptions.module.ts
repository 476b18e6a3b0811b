import { Global, Module } from '@nestjs/common';
import { ExceptionDesk } from './exception-desk.js';

@Global()
@Module({ providers: [ExceptionDesk], exports: [ExceptionDesk] })
export class ExceptionsModule {}
