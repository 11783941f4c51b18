export { join, JoinError, type JoinOptions } from './join.ts';
