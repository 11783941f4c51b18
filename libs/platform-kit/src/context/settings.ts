import { bindSettings, commonSettings, defaultPorts, peerSettings } from '../config/index.ts';
import type { ContextName } from '@yiqiu/kernel';

/** Everything that the service of a context is configured with. */
export const contextSettings = (context: ContextName) => {
  const { databaseUrl, natsUrl, natsCreds, secretFile, timing, logLevel } = commonSettings;
  const ports = defaultPorts[context];
  return {
    ...bindSettings(ports.grpc, ports.http),
    ...peerSettings,
    databaseUrl,
    natsUrl,
    natsCreds,
    secretFile,
    timing,
    logLevel,
  };
};
