import type { ContextName } from '@yiqiu/kernel';

/** Stream of a context's domain events: transport only, the log is the truth. */
export const eventStream = (context: ContextName) =>
  ({ name: `YIQIU_EVT_${context.toUpperCase()}`, subjects: [`yiqiu.evt.${context}.>`] }) as const;

/** `yiqiu.evt.<context>.<aggregate>.<Type>` */
export const eventSubject = (context: ContextName, stream: string, type: string): string =>
  `yiqiu.evt.${context}.${stream.slice(0, stream.indexOf('/'))}.${type}`;

/** Headers of a published event; `Nats-Msg-Id` is `<lineage>:<position>`. The body is the stored text itself. */
export const eventHeaders = { position: 'Yiqiu-Position', lineage: 'Yiqiu-Lineage' } as const;
export const eventMessageId = (lineage: string, position: number): string => `${lineage}:${position}`;
