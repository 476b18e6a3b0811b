import { Controller, Get, Header, VERSION_NEUTRAL } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { collectDefaultMetrics, Registry } from 'prom-client';
import { Scopes } from '#auth';
import { withFullView } from '#persistence';
import { Metrics } from './metrics.js';

let processRegistry: Registry | undefined;

/**
 * Memory, CPU, event loop: metrics of the process, shared by its apps. Collected from the first
 * reading on.
 */
function processMetrics(): Registry {
  if (!processRegistry) collectDefaultMetrics({ register: (processRegistry = new Registry()) });
  return processRegistry;
}

/**
 * Metrics need a token with `metrics.read`: they reveal how much business a firm does and which
 * vendors fail it, and the gateway serves this path to everybody who reaches it. Prometheus fetches
 * a token by its own oauth2 setting.
 */
@ApiExcludeController()
@Controller({ version: VERSION_NEUTRAL })
export class MetricsController {
  constructor(private readonly metrics: Metrics) {}

  @Get('metrics')
  @Scopes('metrics.read')
  @Header('Content-Type', Registry.PROMETHEUS_CONTENT_TYPE)
  read(): Promise<string> {
    return withFullView('metrics count all rows; they show none', () => Registry.merge([processMetrics(), this.metrics.registry]).metrics());
  }
}
