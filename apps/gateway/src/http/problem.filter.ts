import { randomUUID } from 'node:crypto';
import { Catch, HttpException } from '@nestjs/common';
import type { ArgumentsHost, ExceptionFilter } from '@nestjs/common';
import type { Problem } from '@yiqiu/contracts';
import { RefusedError } from '@yiqiu/kernel';
import { defectProblem, problemContentType, problemOf, type Logger } from '@yiqiu/platform-kit';
import type { FastifyReply } from 'fastify';

const retryAfterSeconds = '1';

const plain: { readonly [status: number]: { readonly code: string; readonly title: string; readonly detail: string } } =
  {
    400: { code: 'malformed', title: 'Malformed request', detail: 'the request cannot be read' },
    401: {
      code: 'unauthenticated',
      title: 'Unauthenticated',
      detail: 'Authorization: Bearer TOKEN is needed; the token is in platform.json',
    },
    404: { code: 'unknown-route', title: 'Not found', detail: 'no such path; /api/openapi.json lists them' },
    405: { code: 'method-not-allowed', title: 'Method not allowed', detail: 'this path has no such method' },
    413: { code: 'too-large', title: 'Too large', detail: 'the body is larger than allowed' },
    414: { code: 'path-too-long', title: 'Path too long', detail: 'a name in the path is longer than any name may be' },
    415: {
      code: 'unsupported-media-type',
      title: 'Unsupported media type',
      detail: 'the content type is not taken here',
    },
  };

/** Every error as an RFC 9457 problem; a defect keeps its text to the log. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(private readonly logger: Logger) {}

  catch(exception: unknown, host: ArgumentsHost): void {
    this.send(exception, host.switchToHttp().getResponse<FastifyReply>());
  }

  send(exception: unknown, reply: FastifyReply): void {
    const problem = this.problemOf(exception);
    if (problem.status === 429 || problem.status === 503) void reply.header('retry-after', retryAfterSeconds);
    if (problem.status === 401) void reply.header('www-authenticate', 'Bearer');
    void reply.status(problem.status).type(problemContentType).send(problem);
  }

  problemOf(exception: unknown): Problem {
    if (exception instanceof RefusedError) return problemOf(exception.error);
    const status = statusOf(exception);
    const known = status === null ? undefined : plain[status];
    if (status !== null && known !== undefined) return { type: `urn:yiqiu:problem:${known.code}`, status, ...known };
    const reference = randomUUID();
    this.logger.error({ err: exception, reference }, 'a request failed by a defect');
    return defectProblem(reference);
  }
}

/** Nest's exceptions, and Fastify's own for bodies it could not read. */
const statusOf = (exception: unknown): number | null => {
  if (exception instanceof HttpException) return exception.getStatus();
  const status =
    typeof exception === 'object' && exception !== null && 'statusCode' in exception ? exception.statusCode : null;
  return typeof status === 'number' && status >= 400 && status < 500 ? status : null;
};
