import type { Location } from './ast.ts';

/** Why a template cannot be rendered, and where. */
export class TemplateError extends Error {
  override readonly name = 'TemplateError';
  constructor(
    /** What was wrong, without the place. */
    readonly reason: string,
    /** From 1, within the template. */
    readonly line: number,
    /** From 1. */
    readonly column: number,
    /** The template's name as the caller gave it, e.g. `templates/redis.conf.hbs`. */
    readonly template: string,
  ) {
    super(`${template}:${line}:${column}: ${reason}`);
  }
}

export function errorAt(loc: Location, reason: string, template: string): TemplateError {
  return new TemplateError(reason, loc.start.line, loc.start.column + 1, template);
}
