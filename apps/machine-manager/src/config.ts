import { contextSettings, textSetting } from '@yiqiu/platform-kit';
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
};
export type MachineManagerConfig = ConfigOf<typeof machineManagerSettings>;
