import { Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';

/** Injection token of an AbortSignal: aborted when the process begins to stop, before anything is closed. */
export const STOPPING = Symbol('yiqiu:stopping');

@Module({})
export class LifecycleModule {
  static of(stopping: AbortSignal): DynamicModule {
    return {
      module: LifecycleModule,
      global: true,
      providers: [{ provide: STOPPING, useValue: stopping }],
      exports: [STOPPING],
    };
  }
}
