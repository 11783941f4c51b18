import { Injectable } from '@nestjs/common';
import type { CanActivate, ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { queries } from '../openapi/queries.ts';
import { bad } from './request.ts';

/** Refuses query parameters where an operation has none: a mistyped place for what was meant must not pass in silence. */
@Injectable()
export class NoQueryGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const { method, routeOptions, query } = context.switchToHttp().getRequest<FastifyRequest>();
    const path = routeOptions.url ?? '';
    const operation = `${method} ${path.replaceAll(/:(\w+)/g, '{$1}')}`;
    if (!path.startsWith('/api/v1/') || queries[operation] !== undefined) return true;
    const [first] = Object.entries(query as { readonly [name: string]: unknown });
    if (first === undefined) return true;
    throw bad(first[0], String(first[1]), 'no query parameter');
  }
}
