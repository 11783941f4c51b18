import { randomUUID } from 'node:crypto';
import type { Runtime } from '@yiqiu/context-runtime';
import { RefusedError } from '@yiqiu/kernel';
import { openFences } from '@yiqiu/machine-domain';
import type { DueFence, MachineCommand, MachineContextState, RecordFence } from '@yiqiu/machine-domain';
import type { Logger } from '@yiqiu/platform-kit';
import type { ObservedAgents } from '../agents.ts';
import { UnknownMachineError, type FenceDriver } from './driver.ts';

type Outcome = RecordFence['data']['outcome'];

export interface FencerParts {
  readonly runtime: Runtime<MachineContextState, MachineCommand>;
  readonly agents: ObservedAgents;
  /** null: there is none, so that fences wait for a person. */
  readonly driver: FenceDriver | null;
  readonly logger: Logger;
}

/** Machines that are fenced at a time. */
const atWorkMax = 8;
const noDriver = 'no fence driver is configured (YIQIU_FENCE_SOCKET)';

/**
 * Carries out the fences that the state asks for, each until there is a proof or it is not asked for any more. A crash between
 * the deed and its record only repeats the deed.
 */
export class Fencer {
  readonly #parts: FencerParts;
  readonly #atWork = new Map<string, Promise<void>>();
  /** Tried by this process, and no driver can: waits for a person. */
  readonly #givenUp = new Set<string>();

  constructor(parts: FencerParts) {
    this.#parts = parts;
  }

  /** Begins what is due; resolves when that is begun. */
  async look(): Promise<void> {
    const { runtime } = this.#parts;
    if (runtime.status().phase !== 'leading') return;
    const open = await runtime.read(openFences);
    for (const fence of open) {
      if (this.#atWork.size >= atWorkMax) return;
      if (this.#atWork.has(fence.fenceId) || !this.#isDue(fence, runtime.now())) continue;
      this.#atWork.set(
        fence.fenceId,
        this.#carryOut(fence).finally(() => this.#atWork.delete(fence.fenceId)),
      );
    }
  }

  /** Resolves when what is at work has ended. */
  async stop(): Promise<void> {
    await Promise.all(this.#atWork.values());
  }

  #isDue({ fenceId, retryAt }: DueFence, now: number): boolean {
    if (retryAt !== null) return retryAt <= now;
    return this.#parts.driver !== null && !this.#givenUp.has(fenceId);
  }

  async #carryOut({ machineUid, machine, fenceId, attempt }: DueFence): Promise<void> {
    const { runtime, logger, driver } = this.#parts;
    const outcome = await this.#outcome(machineUid, machine);
    if (!outcome.ok && !outcome.again && driver !== null) this.#givenUp.add(fenceId);
    try {
      await runtime.submit(
        { type: 'RecordFence', data: { machineUid, fenceId, outcome } },
        { commandId: `fence:${randomUUID()}`, actor: 'system:machine' },
      );
      logger.info({ machine, attempt, outcome }, 'fence');
    } catch (error) {
      // Refused: not waited for any more, or void. Else the next look does it again.
      const refused = error instanceof RefusedError;
      logger[refused ? 'info' : 'warn']({ machine, attempt, err: error }, 'the fence was not recorded');
    }
  }

  async #outcome(machineUid: string, machine: string): Promise<Outcome> {
    const { driver, agents } = this.#parts;
    if (driver === null) return { ok: false, message: noDriver, again: false };
    const began = agents.clock.monotonicMs();
    try {
      const incarnations = await driver.fence(machine);
      const heardMs = agents.heardMs(machineUid);
      // Its agent may have started something after it was looked at.
      if (heardMs !== null && heardMs < agents.clock.monotonicMs() - began)
        return { ok: false, message: 'its agent was heard of meanwhile', again: true };
      return { ok: true, how: driver.how, incarnations };
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      return { ok: false, message, again: !(error instanceof UnknownMachineError) };
    }
  }
}
