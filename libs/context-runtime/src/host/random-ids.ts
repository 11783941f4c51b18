import type { Ids } from '@yiqiu/kernel';
import { randomFillSync } from 'node:crypto';

const idBytes = 10;
const blockIds = 1_024;

/** UUIDv7 from the system's random source, drawn a block at a time: one call to it per 1,024 ids. Same form as kernel's `uuidV7`. */
export const randomIds = (): Ids => {
  const block = Buffer.alloc(idBytes * blockIds);
  let next = blockIds;
  let prefixMs = -1;
  let prefix = '';
  return {
    uuid: (nowMs) => {
      if (next === blockIds) {
        randomFillSync(block);
        next = 0;
      }
      if (nowMs !== prefixMs) {
        prefixMs = nowMs;
        const time = Math.trunc(nowMs).toString(16).padStart(12, '0');
        prefix = `${time.slice(0, 8)}-${time.slice(8)}-7`;
      }
      const start = next * idBytes;
      next += 1;
      block[start + 2] = ((block[start + 2] ?? 0) & 0x3f) | 0x80;
      const hex = block.toString('hex', start, start + idBytes);
      return `${prefix}${hex.slice(1, 4)}-${hex.slice(4, 8)}-${hex.slice(8)}`;
    },
  };
};
