/** What a server has to know to check identities without asking anybody. */
export interface Trust {
  readonly operatorJwt: string;
  readonly systemAccount: string;
  readonly accounts: readonly { readonly publicKey: string; readonly jwt: string }[];
}

export interface ServerPlace {
  readonly host: string;
  readonly port: number;
  /** JetStream's directory. */
  readonly storeDir: string;
  /** Where given, clients must speak TLS. */
  readonly tls?: { readonly certFile: string; readonly keyFile: string };
  /** HTTP monitoring on the same host. Default: none. */
  readonly monitorPort?: number;
}

/** Bytes of one message: a push of a hundred commands, a report of a thousand units. */
export const payloadBytesMax = 4 * 1024 * 1024;
/** Ten thousand agents that come back at once make logins wait longer than the server's 2 s; see nats.node#533. */
const loginTimeoutSeconds = 10;

/**
 * nats-server configuration in operator mode with static accounts (resolver MEMORY): identities are checked offline, so
 * a storm of reconnects asks nobody. No setting here needs a server newer than 2.9.
 */
export const serverConfig = (trust: Trust, place: ServerPlace): string => {
  const text = (value: string): string => JSON.stringify(value);
  const preload = trust.accounts.map(({ publicKey, jwt }) => `  ${publicKey}: ${text(jwt)}`);
  const tls =
    place.tls === undefined
      ? []
      : [
          `tls { cert_file: ${text(place.tls.certFile)}, key_file: ${text(place.tls.keyFile)}, timeout: ${loginTimeoutSeconds} }`,
        ];
  return [
    `host: ${text(place.host)}`,
    `port: ${place.port}`,
    ...(place.monitorPort === undefined ? [] : [`http: ${text(`${place.host}:${place.monitorPort}`)}`]),
    `max_payload: ${payloadBytesMax}`,
    `authorization { timeout: ${loginTimeoutSeconds} }`,
    ...tls,
    `jetstream { store_dir: ${text(place.storeDir)} }`,
    `operator: ${text(trust.operatorJwt)}`,
    `system_account: ${trust.systemAccount}`,
    'resolver: MEMORY',
    'resolver_preload: {',
    ...preload,
    '}',
    '',
  ].join('\n');
};
