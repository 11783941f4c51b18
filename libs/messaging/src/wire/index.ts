export * from './codec.ts';
export * from './report-id.ts';
