import { Global, Module } from '@nestjs/common';
import { ExceptionDesk } from './exception-desk.js';
import { ExceptionMetrics } from './exception-metrics.js';
import { SetAsideExceptions } from './set-aside-exceptions.js';

@Global()
@Module({ providers: [ExceptionDesk, ExceptionMetrics, SetAsideExceptions], exports: [ExceptionDesk] })
export class ExceptionsModule {}
