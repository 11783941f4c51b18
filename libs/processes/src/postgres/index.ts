export * from './start.ts';
export { superuser } from './initialise.ts';
export { leftOverPostgres, endLeftOverPostgres } from './left-over.ts';
export { postgresBinaries, type PostgresBinaries } from './binaries.ts';
