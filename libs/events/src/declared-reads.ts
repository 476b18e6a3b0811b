import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { APP, type App, ConformanceError, type Finding, log, ServiceConfig } from '#service';
import { Subscriptions } from './subscriptions.js';

/** Compares the types of event that an app reads with those that it declares, from which the document of the events is made. */
@Injectable()
export class DeclaredReads implements OnApplicationBootstrap {
  constructor(
    @Inject(APP) private readonly app: App,
    private readonly subscriptions: Subscriptions,
    private readonly config: ServiceConfig,
  ) {}

  /** Throws ConformanceError when they differ; with `CONFORMANCE=report` it logs that. */
  onApplicationBootstrap(): void {
    const findings = this.#findings();
    if (findings.length === 0) return;
    if (this.config.conformance === 'strict') throw new ConformanceError(findings);
    log.error({ app: this.app.name, findings }, 'the app reads other events than it declares');
  }

  #findings(): Finding[] {
    const { name, reads } = this.app;
    if (reads === undefined) return [];
    const [declared, read] = [new Set<string>(reads), this.subscriptions.types];
    const finding = (text: string): Finding => ({ app: name, route: null, missing: 'definition', text });
    return [
      ...[...read].filter(type => !declared.has(type)).map(type => finding(`it reads ${type} and does not declare that`)),
      ...[...declared].filter(type => !read.has(type)).map(type => finding(`it declares that it reads ${type} and does not`)),
    ];
  }
}
