import 'reflect-metadata';
import { main } from './cli/main.ts';

process.exitCode = await main(process.argv.slice(2));
// What is left (a job that did not end in time) is taken up by the next agent.
process.exit();
