import { afterAll, beforeAll } from '@jest/globals';
import { startPostgres, type TestPostgres } from '@yiqiu/testing';
import { eventLogContract } from '../contract/index.fixture.ts';
import { postgresUnderTest } from './under-test.fixture.ts';

let server: TestPostgres;
let url = '';
beforeAll(async () => {
  server = await startPostgres();
  url = await server.createDatabase();
}, 60_000);
afterAll(() => server.stop(), 30_000);

eventLogContract('postgres', () => postgresUnderTest(url));
