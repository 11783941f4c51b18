/** Starts a child that is to end with it, prints its pid and lives on. Run on the built library: node parent.fixture.mjs LOG */
import { spawnSupervised } from '@yiqiu/processes';

const [logFile] = process.argv.slice(2);
const child = await spawnSupervised({
  name: 'child',
  command: 'sleep',
  args: ['100'],
  env: { PATH: process.env.PATH },
  logFile,
  endWithParent: 'SIGTERM',
});
console.log(child.pid);
setInterval(() => undefined, 1_000);
