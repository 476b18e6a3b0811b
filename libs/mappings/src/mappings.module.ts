import { Global, Module } from '@nestjs/common';
import { Mappings } from './mappings.js';

@Global()
@Module({ providers: [Mappings], exports: [Mappings] })
export class MappingsModule {}
