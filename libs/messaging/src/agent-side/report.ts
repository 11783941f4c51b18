import { headers, type NatsConnection } from '@nats-io/transport-node';
import { agentSubjects, reportStream, type StepReport } from '@yiqiu/contracts';
import { z } from 'zod';
import { request } from '../connection/index.ts';
import { decodeJson, encodeJson, reportId } from '../wire/index.ts';

/** JetStream's answer to a published message. */
const publishAnswer = z.object({
  stream: z.string().optional(),
  error: z.object({ code: z.number(), description: z.string() }).optional(),
});

/** The stream answered that it did not take the report. */
export class ReportNotStoredError extends Error {
  override readonly name = 'ReportNotStoredError';
}

/**
 * Publishes to the report stream and waits until it has it. By hand and not through the JetStream client: one request and
 * one header, and the agent's bundle stays small.
 */
export const publishReport = async (
  connection: NatsConnection | null,
  report: StepReport,
  timeoutMs: number,
): Promise<void> => {
  const subject = agentSubjects.report(report.machineUid, report.owner);
  const messageHeaders = headers();
  messageHeaders.set('Nats-Msg-Id', reportId(report));
  messageHeaders.set('Nats-Expected-Stream', reportStream.name);
  const reply = await request(connection, subject, encodeJson(report), { timeoutMs, headers: messageHeaders });
  const answer = decodeJson(publishAnswer, { subject, data: reply.data });
  if (answer.error !== undefined || answer.stream !== reportStream.name) {
    throw new ReportNotStoredError(
      `report ${reportId(report)} was not stored: ${answer.error?.description ?? `answered by ${answer.stream ?? 'nobody'}`}`,
    );
  }
};
