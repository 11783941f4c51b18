import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { UnitContext } from '@yiqiu/contracts';
import type { Manifest } from '@yiqiu/program/manifest-types';
import { renderTemplate } from '@yiqiu/program/render';
import { writeFileAtomically } from '../layout/index.ts';
import type { Account } from '../proc/index.ts';
import { makeParentInside } from './inside.ts';

export interface RenderedFile {
  /** Below the unit's home. */
  readonly to: string;
  readonly content: string;
  readonly mode: number;
  /** SHA-256 of the content, hex. */
  readonly digest: string;
}

/** Every template of the program, rendered. Throws TemplateError with template, line and column. */
export const renderFiles = (manifest: Manifest, programHome: string, context: UnitContext): RenderedFile[] =>
  manifest.templates.map(({ from, to, mode }) => {
    const content = renderTemplate(readFileSync(join(programHome, from), 'utf8'), context, from);
    return { to, mode, content, digest: createHash('sha256').update(content).digest('hex') };
  });

/**
 * Those that have to be written: rendered otherwise than last time, or gone. A file that its program rewrote by itself stays
 * as it is until its template says something new.
 */
export const filesToWrite = (
  files: readonly RenderedFile[],
  home: string,
  rendered: { readonly [to: string]: string },
): RenderedFile[] => files.filter(({ to, digest }) => rendered[to] !== digest || !existsSync(join(home, to)));

/** Atomically, owned by the unit's user where it exists already. */
export const writeFiles = (files: readonly RenderedFile[], home: string, account: Account | null): void => {
  for (const { to, content, mode } of files) {
    const path = makeParentInside(home, to, account);
    writeFileAtomically(path, content, { mode, ...(account === null ? {} : { owner: account }) });
  }
};
