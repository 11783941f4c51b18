import { mkdirSync, rmSync } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { AgentStopping } from '../hooks/index.ts';
import { errorMessage, pause } from '../proc/index.ts';
import type { ArchiveSource, WantedProgram } from './source.ts';

const attemptsMax = 6;
const backoffMsMin = 250;
const backoffMsMax = 5_000;

/**
 * Brings an archive into `path`, piece by piece, on from what an earlier attempt left there. Rejects after 6 failures in a
 * row, or where the owner says another size than the command did.
 */
export const download = async (
  source: ArchiveSource,
  program: WantedProgram,
  path: string,
  stop: AbortSignal,
): Promise<void> => {
  mkdirSync(dirname(path), { recursive: true });
  const file = await open(path, 'a+', 0o600);
  try {
    let { size: have } = await file.stat();
    if (have > program.sizeBytes) {
      await file.truncate(0);
      have = 0;
    }
    for (let failures = 0; have < program.sizeBytes;) {
      const piece = await fetchPiece(source, program, have);
      if (typeof piece === 'string') {
        failures += 1;
        if (failures >= attemptsMax) throw new Error(`program ${labelOf(program)} cannot be fetched: ${piece}`);
        const waitMs = Math.min(backoffMsMin * 2 ** failures, backoffMsMax);
        if (!(await pause(waitMs, stop))) throw new AgentStopping();
        continue;
      }
      failures = 0;
      await append(file, piece, program, have);
      have += piece.length;
    }
  } finally {
    await file.close();
  }
};

export const removeDownload = (path: string): void => rmSync(path, { force: true });

/** The piece, or why there is none. */
const fetchPiece = async (
  source: ArchiveSource,
  program: WantedProgram,
  offset: number,
): Promise<Uint8Array | string> => {
  try {
    const { bytes, size } = await source.fetch(program.digest, offset);
    if (size !== program.sizeBytes) return `its size is ${size} bytes, the command says ${program.sizeBytes}`;
    return bytes.length === 0 ? `an empty piece at byte ${offset} of ${size}` : bytes;
  } catch (error) {
    return errorMessage(error);
  }
};

const append = async (file: FileHandle, piece: Uint8Array, program: WantedProgram, have: number): Promise<void> => {
  if (have + piece.length > program.sizeBytes) {
    throw new Error(`program ${labelOf(program)}: more than its ${program.sizeBytes} bytes were sent`);
  }
  await file.appendFile(piece);
};

export const labelOf = ({ name, version }: WantedProgram): string => `${name}@${version}`;
