// A platform that a story starts for itself: without the demo, with two machines.
import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { until } from './say.mjs';

const root = join(import.meta.dirname, '..', '..', '..');
const main = join(root, 'apps', 'local', 'dist', 'main.js');

export class OwnPlatform {
  #child = null;

  constructor({ dataDir, logFile, port, net }) {
    this.logFile = logFile;
    this.args = ['--data', dataDir, '--port', port, '--net', net, '--machines', '2', '--no-demo'];
  }

  async start() {
    const log = openSync(this.logFile, 'w');
    const env = { ...process.env, YIQIU_CHECKOUT: root };
    const child = spawn(process.execPath, [main, ...this.args], { stdio: ['ignore', log, log], env });
    closeSync(log);
    this.#child = child;
    const said = () => readFileSync(this.logFile, 'utf8');
    const how = await until('yiqiu is ready', 120, () =>
      child.exitCode === null ? said().includes('yiqiu is ready') && 'up' : 'ended',
    );
    if (how === 'ended') throw new Error(`the platform ended:\n${said()}`);
  }

  async stop() {
    const child = this.#child;
    if (child === null || child.exitCode !== null) return;
    child.kill('SIGTERM');
    await until('the platform to stop', 90, () => child.exitCode !== null);
  }
}
