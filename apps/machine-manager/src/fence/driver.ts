/** A unit's incarnation whose processes a driver found and ended. */
export interface FencedUnit {
  readonly unit: string;
  readonly incarnation: number;
}

/** What reaches machines beside their agents: asks whether they are up, and proves that nothing of them runs. */
export interface FenceDriver {
  readonly how: 'local' | 'redfish';
  /** Of those machines, by name, that it can tell of; the others are unknown. Rejects where it cannot be asked. */
  power(machines: readonly string[]): Promise<ReadonlyMap<string, 'up' | 'down'>>;
  /**
   * Resolves when none of the machine's processes, its agent excepted, is left: what it ended. Rejects where that is not
   * sure; with UnknownMachineError where it can never be.
   */
  fence(machine: string): Promise<readonly FencedUnit[]>;
}

/** The driver does not know this machine, so trying again is no use. */
export class UnknownMachineError extends Error {
  override readonly name = 'UnknownMachineError';
}
