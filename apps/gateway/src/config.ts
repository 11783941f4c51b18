import { addressSetting, commonSettings, peerSettings, textSetting } from '@yiqiu/platform-kit';

/** Settings of the gateway. The token stands in a file, so that neither `ps` nor a unit file shows it. */
export const gatewaySettings = {
  bind: addressSetting('YIQIU_GATEWAY_BIND', 'bind', 'where REST is served', '127.0.0.1:7800'),
  tokenFile: textSetting('YIQIU_TOKEN_FILE', 'token-file', 'file with the bearer token of its user', 'a path'),
  secretFile: commonSettings.secretFile,
  logLevel: commonSettings.logLevel,
  ...peerSettings,
} as const;
