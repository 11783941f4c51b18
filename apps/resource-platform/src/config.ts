import { contextSettings } from '@yiqiu/platform-kit';
import type { ConfigOf } from '@yiqiu/platform-kit';

export const resourcePlatformSettings = contextSettings('resource');
export type ResourcePlatformConfig = ConfigOf<typeof resourcePlatformSettings>;
