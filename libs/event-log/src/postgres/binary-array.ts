/**
 * PostgreSQL's binary form of one-dimensional arrays (src/backend/utils/adt/arrayfuncs.c, array_recv): dimensions, a flag
 * for nulls, the element's type, the length, the lower bound; then each element with its length before it. pg sends a
 * Buffer as a binary parameter. The text form would have every quote of every JSON body escaped here and parsed again
 * there: measured, this is 1.3 to 1.7 times as fast.
 */
const headerBytes = 20;
const int8Oid = 20;
const textOid = 25;
const byteaOid = 17;
const twoTo32 = 0x1_0000_0000;

const writeHeader = (buffer: Buffer, elementOid: number, length: number): void => {
  buffer.writeInt32BE(1, 0);
  buffer.writeInt32BE(0, 4);
  buffer.writeInt32BE(elementOid, 8);
  buffer.writeInt32BE(length, 12);
  buffer.writeInt32BE(1, 16);
};

/** An empty array has no dimension at all. */
const emptyArray = (elementOid: number): Buffer => {
  const buffer = Buffer.alloc(12);
  buffer.writeInt32BE(elementOid, 8);
  return buffer;
};

/** bigint[] of safe integers. */
export const int8Array = (values: readonly number[]): Buffer => {
  if (values.length === 0) return emptyArray(int8Oid);
  const buffer = Buffer.allocUnsafe(headerBytes + 12 * values.length);
  writeHeader(buffer, int8Oid, values.length);
  let offset = headerBytes;
  for (const value of values) {
    buffer.writeInt32BE(8, offset);
    buffer.writeInt32BE(Math.floor(value / twoTo32), offset + 4);
    buffer.writeUInt32BE(((value % twoTo32) + twoTo32) % twoTo32, offset + 8);
    offset += 12;
  }
  return buffer;
};

/** text[] of strings that `isStorable` lets through. */
export const textArray = (values: readonly string[]): Buffer => {
  if (values.length === 0) return emptyArray(textOid);
  const lengths = values.map((value) => Buffer.byteLength(value));
  const buffer = Buffer.allocUnsafe(lengths.reduce((sum, length) => sum + 4 + length, headerBytes));
  writeHeader(buffer, textOid, values.length);
  let offset = headerBytes;
  values.forEach((value, index) => {
    const length = lengths[index] ?? 0;
    buffer.writeInt32BE(length, offset);
    buffer.write(value, offset + 4, length, 'utf8');
    offset += 4 + length;
  });
  return buffer;
};

/** bytea[]. */
export const byteaArray = (values: readonly Uint8Array[]): Buffer => {
  if (values.length === 0) return emptyArray(byteaOid);
  const buffer = Buffer.allocUnsafe(values.reduce((sum, value) => sum + 4 + value.length, headerBytes));
  writeHeader(buffer, byteaOid, values.length);
  let offset = headerBytes;
  for (const value of values) {
    buffer.writeInt32BE(value.length, offset);
    buffer.set(value, offset + 4);
    offset += 4 + value.length;
  }
  return buffer;
};
