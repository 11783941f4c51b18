import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { writeFileAtomically, type AgentPaths } from '../layout/index.ts';

/**
 * `yiqiu-agent` as hooks find it in PATH: this node with this script. Written at each start, so that it follows the agent's
 * own upgrades.
 */
export const writeShim = (paths: AgentPaths, node: string, script: string): void => {
  mkdirSync(paths.bin, { recursive: true });
  const text = `#!/bin/sh\nexec ${quote(node)} ${quote(script)} "$@"\n`;
  writeFileAtomically(join(paths.bin, 'yiqiu-agent'), text, { mode: 0o755 });
};

const quote = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
