export * from './port.ts';
export * from './log-catch-up.ts';
