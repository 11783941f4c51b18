import { contextSettings, optionalTextSetting, textSetting } from '@yiqiu/platform-kit';
import type { ConfigOf } from '@yiqiu/platform-kit';

export const machineManagerSettings = {
  ...contextSettings('machine'),
  joinKeyFile: textSetting(
    'YIQIU_JOIN_KEY_FILE',
    'join-key-file',
    'file with the key that join tokens are derived from',
    'a path',
  ),
  authorityDir: textSetting(
    'YIQIU_NATS_AUTHORITY',
    'nats-authority',
    'directory with account.pub and agents.nk, to mint agents',
    'a path',
  ),
  agentNatsUrl: textSetting(
    'YIQIU_AGENT_NATS_URL',
    'agent-nats-url',
    'NATS server as agents reach it',
    'nats://host:port',
  ),
  platformKeyFile: textSetting(
    'YIQIU_PLATFORM_PUBLIC_KEY_FILE',
    'platform-public-key-file',
    'file with the public key (PEM) that agents check program signatures with',
    'a path',
  ),
  fenceSocket: optionalTextSetting(
    'YIQIU_FENCE_SOCKET',
    'fence-socket',
    'socket of the local platform’s supervisor, which can fence its machines; none: fences wait for declare-dead',
    'a path',
  ),
};
export type MachineManagerConfig = ConfigOf<typeof machineManagerSettings>;
