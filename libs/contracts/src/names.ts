import { isDnsLabel } from '@yiqiu/kernel';

/** References as page "Interface" has them: the same in every command, URL, JSON field and error. */
export interface UnitRef {
  readonly group: string;
  readonly service: string;
  readonly ordinal: number;
}

export const serviceNameOf = (group: string, service: string): string => `${group}/${service}`;
export const unitNameOf = (group: string, service: string, ordinal: number): string => `${group}/${service}/${ordinal}`;

export const parseServiceName = (text: string): { group: string; service: string } | null => {
  const [group, service, ...rest] = text.split('/');
  if (group === undefined || service === undefined || rest.length > 0) return null;
  return isDnsLabel(group) && isDnsLabel(service) ? { group, service } : null;
};

export const parseUnitName = (text: string): UnitRef | null => {
  const [group, service, ordinal, ...rest] = text.split('/');
  if (group === undefined || service === undefined || ordinal === undefined || rest.length > 0) return null;
  if (!isDnsLabel(group) || !isDnsLabel(service) || !/^\d{1,6}$/.test(ordinal)) return null;
  return { group, service, ordinal: Number(ordinal) };
};

/** `cache/redis:cache` */
export const parseEndpoint = (text: string): { service: string; endpoint: string } | null => {
  const at = text.lastIndexOf(':');
  if (at < 1) return null;
  const service = text.slice(0, at);
  const endpoint = text.slice(at + 1);
  return isDnsLabel(endpoint) && (isDnsLabel(service) || parseServiceName(service) !== null)
    ? { service, endpoint }
    : null;
};

/** `redis@7.0.15`, `redis@^7.0` */
export const parseProgramRef = (text: string): { name: string; version: string } | null => {
  const at = text.indexOf('@');
  if (at < 1) return null;
  const name = text.slice(0, at);
  const version = text.slice(at + 1);
  return isDnsLabel(name) && version !== '' && version.length <= 64 ? { name, version } : null;
};

/** `service:4711` */
export const eventNameOf = (context: string, position: number): string => `${context}:${position}`;
