import type { Machine } from '../machine/state.ts';

/** What a ticket may advise. */
export type RepairClass = 'nothing' | 'reboot' | 'replace';

/** Faults within this time, ms, of which the third one says that the machine itself is bad. */
export const faultyWithinMs = 86_400_000;
export const faultyTimes = 3;

/**
 * What a ticket advises, by the fault and the machine's history: the third fault by detection within a day is a matter of the
 * hardware; a machine that is still silent has to be booted; one that is heard of again, or that a person took out, proves
 * sound and keeps its disks.
 */
export const repairClassOf = ({ suspect, fault, faultHistory }: Machine, now: number): RepairClass => {
  const recent = faultHistory.filter((at) => at > now - faultyWithinMs).length;
  if (fault?.by === 'detector' && recent >= faultyTimes) return 'replace';
  return suspect ? 'reboot' : 'nothing';
};
