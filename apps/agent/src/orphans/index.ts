export { changeData } from './change.ts';
