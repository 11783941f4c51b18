import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';

/** Parsed, or null where there is no such file. A damaged one is an error that names it. */
export const readJsonFile = (path: string): unknown => {
  if (!existsSync(path)) return null;
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new Error(`${path} is damaged: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
};

/** Written beside and renamed, so that a reader sees the old or the new one; mode 0600. */
export const writeJsonFile = (path: string, value: unknown): void => {
  const next = `${path}.next`;
  writeFileSync(next, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600 });
  renameSync(next, path);
};
