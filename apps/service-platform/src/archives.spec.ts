import { describe, expect, it } from '@jest/globals';
import { archivePieces } from './archives.ts';

const machineUid = '018f0000-0000-7000-8000-000000000001';
const digest = 'a'.repeat(64);

const store = (archive: Uint8Array) => {
  const asked: number[] = [];
  let broken = false;
  const read = async (wanted: string, offset: number, length: number) => {
    asked.push(offset);
    await Promise.resolve();
    if (broken) throw new Error('the database is away');
    return wanted === digest ? { bytes: archive.subarray(offset, offset + length), size: archive.length } : null;
  };
  return { blobs: { read }, asked, breakIt: (now: boolean) => (broken = now) };
};

describe('pieces of archives', () => {
  it('are read once for all who ask, also at the same time', async () => {
    const { blobs, asked } = store(Buffer.from('0123456789'));
    const fetch = archivePieces(blobs);
    const want = (offset: number) => fetch({ machineUid, digest, offset, length: 4 });
    const all = await Promise.all([want(0), want(0), want(4), want(8), want(8)]);
    const texts = all.map((piece) => `${Buffer.from(piece?.bytes ?? []).toString()} of ${piece?.size}`);
    expect(texts).toEqual(['0123 of 10', '0123 of 10', '4567 of 10', '89 of 10', '89 of 10']);
    await want(0);
    expect(asked).toEqual([0, 4, 8]);
  });

  it('that are not there, or could not be read, are asked for again', async () => {
    const { blobs, asked, breakIt } = store(Buffer.from('01'));
    const fetch = archivePieces(blobs);
    const other = { machineUid, digest: 'b'.repeat(64), offset: 0, length: 4 };
    expect(await fetch(other)).toBeNull();
    expect(await fetch(other)).toBeNull();
    breakIt(true);
    const wanted = { ...other, digest };
    await expect(fetch(wanted)).rejects.toThrow('the database is away');
    breakIt(false);
    expect((await fetch(wanted))?.size).toBe(2);
    expect(asked).toHaveLength(4);
  });
});
