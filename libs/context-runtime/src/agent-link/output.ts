import { outputBytesMax, type OutputRef, type StepReport } from '@yiqiu/contracts';
import { bytesToHex, sha256 } from '@yiqiu/kernel';

const tailLengthMax = 200;

/** A step's output as it is kept: the last 64 KiB, cut at a character. null where there is none. */
export const outputOf = (
  report: Pick<StepReport, 'output' | 'outputTruncated'>,
): { readonly bytes: Uint8Array; readonly ref: NonNullable<OutputRef> } | null => {
  if (report.output === '') return null;
  const whole = new TextEncoder().encode(report.output);
  const bytes = lastBytes(whole, outputBytesMax);
  const ref = {
    digest: bytesToHex(sha256(bytes)),
    sizeBytes: bytes.length,
    truncated: report.outputTruncated || bytes.length < whole.length,
    tail: tailOf(report.output),
  };
  return { bytes, ref };
};

/** At most `max` last bytes, from the beginning of a UTF-8 character. */
const lastBytes = (bytes: Uint8Array, max: number): Uint8Array => {
  let start = Math.max(0, bytes.length - max);
  // 10xxxxxx continues a character.
  while (start > 0 && start < bytes.length && ((bytes[start] ?? 0) & 0xc0) === 0x80) start += 1;
  return bytes.subarray(start);
};

/** The last line that says something, for lists. */
const tailOf = (output: string): string => {
  const line =
    output
      .trimEnd()
      .split(/[\r\n]/)
      .at(-1)
      ?.trim() ?? '';
  return line.length <= tailLengthMax ? line : line.slice(0, tailLengthMax).replace(/[\ud800-\udbff]$/u, '');
};
