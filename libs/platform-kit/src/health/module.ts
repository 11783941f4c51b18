import { Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import { collectDefaultMetrics, Registry } from 'prom-client';
import { Readiness } from './readiness.ts';

/** Makes `Readiness` and the metrics `Registry` (both by class) injectable everywhere. */
@Module({})
export class HealthModule {
  static of(readiness: Readiness, metrics: Registry): DynamicModule {
    const providers = [
      { provide: Readiness, useValue: readiness },
      { provide: Registry, useValue: metrics },
    ];
    return { module: HealthModule, global: true, providers, exports: [Readiness, Registry] };
  }
}

/** A registry with Node's own metrics, every one labelled with the process's name. */
export const createMetrics = (name: string): Registry => {
  const registry = new Registry();
  registry.setDefaultLabels({ service: name });
  collectDefaultMetrics({ register: registry });
  return registry;
};
