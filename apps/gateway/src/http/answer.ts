import type { common } from '@yiqiu/contracts/grpc';
import type { FastifyReply } from 'fastify';

/** 202 with the operation's place where a change goes on; else what the route says (200 or 201). */
export const acceptedIf = (change: common.Changed | undefined, reply: FastifyReply): void => {
  if (change?.operation === undefined) return;
  void reply.status(202).header('location', `/api/v1/operations/${change.operation}`);
};
