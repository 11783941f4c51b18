export * from './ticker.ts';
