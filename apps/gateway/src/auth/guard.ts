import { Inject, Injectable, SetMetadata, UnauthorizedException } from '@nestjs/common';
import type { CanActivate, ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import { carriesToken } from './bearer.ts';

export const TOKEN = Symbol('gateway token');
const openKey = 'yiqiu:open';

/** A route that needs no token. */
export const Open = (): MethodDecorator & ClassDecorator => SetMetadata(openKey, true);

/** Every route needs the bearer token, unless it is marked {@link Open}. */
@Injectable()
export class BearerGuard implements CanActivate {
  constructor(
    @Inject(TOKEN) private readonly token: string,
    @Inject(Reflector) private readonly reflector: Reflector,
  ) {}

  canActivate(context: ExecutionContext): boolean {
    if (this.reflector.getAllAndOverride<boolean>(openKey, [context.getHandler(), context.getClass()]) === true)
      return true;
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    if (carriesToken(request.headers.authorization, this.token)) return true;
    throw new UnauthorizedException();
  }
}
