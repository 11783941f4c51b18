export { runInit, type InitTools } from './run-init.ts';
