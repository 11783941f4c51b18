export * from './handlers.ts';
export { serveAgents } from './serve.ts';
