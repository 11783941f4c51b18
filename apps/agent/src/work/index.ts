export { Work, type WorkOptions } from './work.ts';
