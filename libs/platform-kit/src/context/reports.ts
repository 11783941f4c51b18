import type { Reports } from '@yiqiu/context-runtime';
import type { Logger } from 'pino';
import { Counter } from 'prom-client';
import type { Registry } from 'prom-client';

/** What happens to a context, into the log and `yiqiu_runtime_alarms_total{code}`. */
export const runtimeReports = (logger: Logger, metrics: Registry): Reports => {
  const alarms = new Counter({
    name: 'yiqiu_runtime_alarms_total',
    help: 'alarms of the context at work, by code',
    labelNames: ['code'],
    registers: [metrics],
  });
  return {
    info: (context, message, details) => logger.info({ context, ...details }, message),
    alarm: ({ context, code, message, details }) => {
      alarms.inc({ code });
      logger.error({ context, code, ...details }, message);
    },
  };
};
