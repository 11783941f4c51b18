import type { ProcessSpec as ManifestProcess } from '@yiqiu/program/manifest-types';

export type RestartPolicy = ManifestProcess['restart'];

export type RestartDecision = { readonly giveUp: true } | { readonly giveUp: false; readonly afterMs: number };

/**
 * What follows the last of `exitsAtMs` (ms, ascending). So many exits within the window: no more. Else the wait doubles with
 * each exit in the window, from the policy's least to its most.
 */
export const afterExit = (exitsAtMs: readonly number[], nowMs: number, policy: RestartPolicy): RestartDecision => {
  const { exits, windowMs } = policy.giveUpAfter;
  const recent = exitsAtMs.filter((at) => nowMs - at < windowMs).length;
  if (recent >= exits) return { giveUp: true };
  const doublings = Math.min(Math.max(0, recent - 1), 30);
  return { giveUp: false, afterMs: Math.min(policy.backoffMinMs * 2 ** doublings, policy.backoffMaxMs) };
};

export interface HoldFacts {
  /** By the manifest: `none` is stateless and is replaced without proof. */
  readonly fencing: 'none' | 'verified';
  /** How long the platform had not answered when the process was found dead, ms. */
  readonly silenceMs: number;
  /** From the last hello, ms. */
  readonly leaseMs: number;
}

/**
 * Why a process that ended may not be started again without its owner's word, or null. Past the lease the platform may have
 * fenced this incarnation and let another one start elsewhere. A `start` or `restart` that its owner sent since ends the hold.
 */
export const holdReason = ({ fencing, silenceMs, leaseMs }: HoldFacts): string | null =>
  fencing === 'none' || silenceMs <= leaseMs
    ? null
    : `waits for its owner: the platform was silent for ${silentFor(silenceMs)}, past the lease of ${silentFor(leaseMs)}`;

/** For people; for ever where it never answered. */
export const silentFor = (ms: number): string => (Number.isFinite(ms) ? `${Math.round(ms / 1_000)} s` : 'ever');
