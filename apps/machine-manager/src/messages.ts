import type { AlarmView, FenceView, InitStrategyView, MachineView, PoolView, TicketView } from '@yiqiu/contracts';
import type { machine } from '@yiqiu/contracts/grpc';

/** Views as messages: what is null is absent. */
export const poolMessage = ({ frozen, ...pool }: PoolView): machine.Pool => ({ ...pool, frozen: frozen ?? undefined });

export const strategyMessage = ({ kernel, checks, ...strategy }: InitStrategyView): machine.InitStrategy => ({
  ...strategy,
  kernel: kernel ?? undefined,
  checks: checks.map((check) => ({ name: check.name, run: check.run ?? undefined, kernel: check.kernel ?? undefined })),
});

export const ticketMessage = ({ closedAt, closedBy, ...ticket }: TicketView): machine.Ticket => ({
  ...ticket,
  closedAt: closedAt ?? undefined,
  closedBy: closedBy ?? undefined,
});

export const machineMessage = ({
  rack,
  zone,
  holdsOrphans,
  agent,
  capacity,
  allocated,
  operation,
  ticket,
  ...rest
}: MachineView): machine.Machine => ({
  ...rest,
  rack: rack ?? undefined,
  zone: zone ?? undefined,
  holdsOrphans: holdsOrphans ?? undefined,
  agent: {
    connected: agent.connected,
    version: agent.version ?? undefined,
    lastSeen: agent.lastSeen ?? undefined,
    observedAt: agent.observedAt ?? undefined,
  },
  capacity: capacity ?? undefined,
  allocated: allocated ?? undefined,
  operation:
    operation === null
      ? undefined
      : {
          ...operation,
          step: operation.step ?? undefined,
          message: operation.message ?? undefined,
          deadline: operation.deadline ?? undefined,
        },
  ticket: ticket ?? undefined,
});

export const alarmMessage = ({ pool, machine, until, ...alarm }: AlarmView): machine.Alarm => ({
  ...alarm,
  pool: pool ?? undefined,
  machine: machine ?? undefined,
  until: until ?? undefined,
});

export const fenceMessage = (fence: FenceView): machine.Fence => fence;
