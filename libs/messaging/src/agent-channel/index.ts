export * from './handlers.ts';
export { serveAgents } from './serve.ts';
export { askAgent } from './ask.ts';
