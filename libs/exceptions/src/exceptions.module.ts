import { Global, Module } from '@nestjs/common';
import { ExceptionDesk } from './exception-desk.js';
import { ExceptionMetrics } from './exception-metrics.js';

@Global()
@Module({ providers: [ExceptionDesk, ExceptionMetrics], exports: [ExceptionDesk] })
export class ExceptionsModule {}
