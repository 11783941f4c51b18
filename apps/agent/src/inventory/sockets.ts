/** A listening TCP socket, as /proc/net/tcp and tcp6 list it. */
export interface Listener {
  readonly address: string;
  readonly port: number;
  readonly inode: number;
}

const listenState = '0A';

/** Parses /proc/net/tcp (IPv4) or tcp6. Addresses stand there as 32-bit words in the byte order of the machine (little). */
export const parseListeners = (table: string): Listener[] =>
  table
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .filter((fields) => fields[3] === listenState)
    .flatMap((fields) => {
      const [hexAddress, hexPort] = (fields[1] ?? '').split(':');
      if (hexAddress === undefined || hexPort === undefined) return [];
      return [{ address: addressOf(hexAddress), port: Number.parseInt(hexPort, 16), inode: Number(fields[9]) }];
    });

const mappedPrefix = '0000000000000000FFFF0000';

const addressOf = (hex: string): string => {
  if (hex.length === 8) return wordBytes(hex).join('.');
  if (hex.startsWith(mappedPrefix)) return wordBytes(hex.slice(mappedPrefix.length)).join('.');
  const bytes = (hex.match(/.{8}/g) ?? []).flatMap(wordBytes);
  if (bytes.every((byte) => byte === 0)) return '::';
  return bytes.reduce((text, byte, index) => {
    const part = byte.toString(16).padStart(2, '0');
    return index > 0 && index % 2 === 0 ? `${text}:${part}` : text + part;
  }, '');
};

const wordBytes = (word: string): number[] =>
  (word.match(/../g) ?? []).map((byte) => Number.parseInt(byte, 16)).reverse();

const wildcards: readonly string[] = ['0.0.0.0', '::'];

/** Ports on which a listener on `address` would clash with one that is not ours. Sorted, each once, at most 4,096. */
export const foreignPorts = (listeners: readonly Listener[], address: string, ours: ReadonlySet<number>): number[] => {
  const held = listeners.filter(
    (one) => (one.address === address || wildcards.includes(one.address)) && !ours.has(one.inode),
  );
  return [...new Set(held.map(({ port }) => port))].sort((left, right) => left - right).slice(0, 4_096);
};
