import type { Runtime } from '@yiqiu/context-runtime';
import { protocolRange } from '@yiqiu/contracts';
import type { Hello, HelloReply } from '@yiqiu/contracts';
import { refusal, RefusedError } from '@yiqiu/kernel';
import type { MachineCommand, MachineContextState } from '@yiqiu/machine-domain';
import type { TimingProfile } from '@yiqiu/platform-kit';

export interface Greeting {
  readonly runtime: Runtime<MachineContextState, MachineCommand>;
  readonly timing: TimingProfile;
  /** PEM of the platform's public key. */
  readonly platformKey: string;
}

/** The highest protocol that both speak. Throws RefusedError where there is none. */
export const commonProtocol = (agent: Hello['protocol']): number => {
  const protocol = Math.min(agent.max, protocolRange.max);
  if (protocol >= Math.max(agent.min, protocolRange.min)) return protocol;
  throw new RefusedError(
    refusal(
      'precondition',
      'protocol-unsupported',
      `the agent speaks protocol ${agent.min} to ${agent.max}, this platform ${protocolRange.min} to ${protocolRange.max}; upgrade the older one`,
    ),
  );
};

/**
 * An agent says hello: what is new of it (boot, version, journal, inventory) goes into the log, and it learns how to go on.
 * Throws RefusedError: protocol-unsupported, machine-unknown.
 */
export const greet = async ({ runtime, timing, platformKey }: Greeting, hello: Hello): Promise<HelloReply> => {
  const protocol = commonProtocol(hello.protocol);
  const { machineUid, bootId, journalId, agentVersion, startedAt, sentAt } = hello;
  const { capacity, os, kernel, arch, foreignPorts } = hello.inventory;
  const inventory = { capacity, os, kernel, arch, foreignPorts };
  const { position } = await runtime.submit(
    { type: 'RecordHello', data: { machineUid, bootId, journalId, agentVersion, inventory } },
    { commandId: `agent-hello:${machineUid}:${bootId}:${startedAt}:${sentAt}`, actor: `agent:${machineUid}` },
  );
  const machine = await runtime.read((state) => state.machines.get(machineUid), { minPosition: position });
  const { lineage, epoch } = runtime.status();
  if (machine === undefined || lineage === null) {
    throw new RefusedError(refusal('not-found', 'machine-unknown', `there is no machine ${machineUid} any more`));
  }
  const { heartbeatMs, leaseMs, reportMs } = timing;
  return {
    ok: true,
    ...{ protocol, lineage, epoch, platformKey },
    timing: { heartbeatMs, leaseMs, stateReportMs: reportMs },
    machine: { name: machine.name, address: machine.address },
  };
};
