/** Nothing of ours: PGDATA, PGPORT and the like would steer it, LANG its messages. */
export const postgresEnv = (): { readonly [name: string]: string } => ({
  PATH: process.env['PATH'] ?? '/usr/bin:/bin',
  TZ: 'UTC',
  LC_ALL: 'C',
});
