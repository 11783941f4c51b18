/** How patient the platform is. All times in ms. The only file that holds them. */
export interface TimingProfile {
  /** Between two heartbeats of an agent. */
  readonly heartbeatMs: number;
  /** Silence after which a machine is suspect. */
  readonly leaseMs: number;
  /** After the lease, before silence may become a fault; begins anew with every sign of life. */
  readonly holdDownMs: number;
  /** After a service's own start, during which no silence counts: agents need time to find it again. */
  readonly startGraceMs: number;
  /** Between two level-triggered reports of what really runs. */
  readonly reportMs: number;
}

export const timingProfiles = {
  local: { heartbeatMs: 1_000, leaseMs: 5_000, holdDownMs: 5_000, startGraceMs: 10_000, reportMs: 10_000 },
  production: { heartbeatMs: 5_000, leaseMs: 60_000, holdDownMs: 60_000, startGraceMs: 300_000, reportMs: 60_000 },
} as const satisfies { readonly [name: string]: TimingProfile };

export type TimingName = keyof typeof timingProfiles;
export const timingNames = ['local', 'production'] as const satisfies readonly TimingName[];
