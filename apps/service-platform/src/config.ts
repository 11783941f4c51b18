import { contextSettings, textSetting } from '@yiqiu/platform-kit';
import type { ConfigOf } from '@yiqiu/platform-kit';

export const servicePlatformSettings = {
  ...contextSettings('service'),
  platformKeyFile: textSetting(
    'YIQIU_PLATFORM_KEY_FILE',
    'platform-key-file',
    'file with the Ed25519 private key (PEM) that program digests are signed with',
    'a path',
  ),
};
export type ServicePlatformConfig = ConfigOf<typeof servicePlatformSettings>;
