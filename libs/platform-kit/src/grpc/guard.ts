import { Metadata } from '@grpc/grpc-js';
import type { CanActivate, ExecutionContext } from '@nestjs/common';
import { knowsSecret } from './secret.ts';

/** The caller does not know the secret that the platform's processes share. */
export class UnauthenticatedError extends Error {
  override readonly name = 'UnauthenticatedError';
}

/** Lets only the platform's own processes call: nobody else on the machine may. */
export class SecretGuard implements CanActivate {
  readonly #secret: string;

  constructor(secret: string) {
    this.#secret = secret;
  }

  canActivate(context: ExecutionContext): boolean {
    const metadata: unknown = context.switchToRpc().getContext();
    if (metadata instanceof Metadata && knowsSecret(metadata, this.#secret)) return true;
    throw new UnauthenticatedError(
      'the call carries no or another secret; allowed: authorization: Bearer <the platform’s secret>',
    );
  }
}
