import { Injectable } from '@nestjs/common';
import type { CanActivate, ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { choices, queries } from '../openapi/queries.ts';
import { bad } from './request.ts';

/**
 * Refuses query parameters where an operation has none, since a mistyped place for what was meant must not pass in silence, and
 * words that a filter does not know, since a list that is empty for that reason misleads. All else the routes check themselves.
 */
@Injectable()
export class QueryGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const path = request.routeOptions.url ?? '';
    if (!path.startsWith('/api/v1/')) return true;
    const operation = `${request.method} ${path.replaceAll(/:(\w+)/g, '{$1}')}`;
    const allowed = choices[operation] ?? {};
    for (const [name, value] of Object.entries(request.query as { readonly [name: string]: unknown })) {
      if (queries[operation] === undefined) throw bad(name, String(value), 'no query parameter');
      const words = allowed[name];
      if (words !== undefined && !words.includes(String(value))) throw bad(name, String(value), words);
    }
    return true;
  }
}
