import { encodeAccount, encodeOperator, encodeUser, newScopedSigner, type User } from '@nats-io/jwt';
import { createUser, type KeyPair } from '@nats-io/nkeys';
import type { NatsCredentials } from '../connection/index.ts';
import { agentPermissions, servicePermissions, type PlatformService, type SubjectPermissions } from './permissions.ts';

/** Subscriptions of one agent: two queues, questions and its inbox, with room to grow. */
const agentSubscriptionsMax = 16;
/** Bytes of one message of an agent: a report of a thousand units fits. */
const agentPayloadBytesMax = 2 * 1024 * 1024;
const unlimited = -1;

/** Each claim is signed by the one above it: operator → account → signing key → user. */
export interface AuthorityKeys {
  readonly operator: KeyPair;
  readonly system: KeyPair;
  readonly account: KeyPair;
  /** Signs platform services. */
  readonly serviceSigner: KeyPair;
  /** Signs agents and nothing else: its template holds their permissions, so that losing it loses no more. */
  readonly agentSigner: KeyPair;
}

export interface JetStreamLimits {
  readonly diskBytesMax: number;
  readonly streamsMax: number;
  readonly consumersMax: number;
}

export const operatorClaim = (keys: AuthorityKeys): Promise<string> =>
  encodeOperator('yiqiu', keys.operator, { system_account: keys.system.getPublicKey() });

export const systemAccountClaim = (keys: AuthorityKeys): Promise<string> =>
  encodeAccount('SYS', keys.system, { limits: accountLimits(null) }, { signer: keys.operator });

export const accountClaim = (keys: AuthorityKeys, jetStream: JetStreamLimits): Promise<string> =>
  encodeAccount(
    'YIQIU',
    keys.account,
    {
      limits: accountLimits(jetStream),
      signing_keys: [
        keys.serviceSigner.getPublicKey(),
        newScopedSigner(keys.agentSigner, 'agent', {
          ...userPermissions(agentPermissions('{{name()}}')),
          subs: agentSubscriptionsMax,
          payload: agentPayloadBytesMax,
        }),
      ],
    },
    { signer: keys.operator },
  );

/** The user's name is the machine's uid, which the template of the signing key puts into the subjects. */
export const agentClaim = (
  userPublicKey: string,
  machineUid: string,
  accountPublicKey: string,
  signer: KeyPair,
): Promise<string> => encodeUser(machineUid, userPublicKey, accountPublicKey, {}, { signer, scopedUser: true });

export const serviceCredentials = (
  service: PlatformService,
  accountPublicKey: string,
  signer: KeyPair,
): Promise<NatsCredentials> => newUser(service, userPermissions(servicePermissions(service)), accountPublicKey, signer);

/** No permissions in a claim means all subjects of the account. */
export const administratorCredentials = (accountPublicKey: string, signer: KeyPair): Promise<NatsCredentials> =>
  newUser('administrator', {}, accountPublicKey, signer);

const newUser = async (
  name: string,
  permissions: Partial<User>,
  accountPublicKey: string,
  signer: KeyPair,
): Promise<NatsCredentials> => {
  const user = createUser();
  const jwt = await encodeUser(name, user.getPublicKey(), accountPublicKey, permissions, { signer });
  return { jwt, seed: new TextDecoder().decode(user.getSeed()) };
};

const userPermissions = ({ publish, subscribe, replyWithinMs }: SubjectPermissions): Partial<User> => ({
  pub: { allow: [...publish], deny: [] },
  sub: { allow: [...subscribe], deny: [] },
  resp: { max: 1, ttl: replyWithinMs * 1_000_000 },
});

const accountLimits = (jetStream: JetStreamLimits | null) => ({
  subs: unlimited,
  data: unlimited,
  payload: unlimited,
  imports: 0,
  exports: 0,
  wildcards: true,
  conn: unlimited,
  leaf: 0,
  mem_storage: 0,
  disk_storage: jetStream?.diskBytesMax ?? 0,
  streams: jetStream?.streamsMax ?? 0,
  consumer: jetStream?.consumersMax ?? 0,
  disallow_bearer: true,
});
