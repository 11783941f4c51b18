import { judgeJournal } from '@yiqiu/agent-queue';
import type { Inventory, MachineContextEvent } from '@yiqiu/contracts';
import { accept, canonicalJson, refuse } from '@yiqiu/kernel';
import type { Command, Decision } from '@yiqiu/kernel';
import { changed, unchanged, type JoinAnswer } from '../answers.ts';
import { machineUnknown, tokenUnknown, tokenUsed } from '../machine/errors.ts';
import type { MachineContextState } from '../state.ts';

export type JoinAgent = Command<
  'JoinAgent',
  { readonly tokenHash: string; readonly publicKey: string; readonly agentVersion: string }
>;
export type RecordHello = Command<
  'RecordHello',
  {
    readonly machineUid: string;
    readonly bootId: string;
    readonly journalId: string;
    readonly agentVersion: string;
    readonly inventory: Omit<Inventory, 'hostname'>;
  }
>;
/** What a pull shows of the journal at the other end. */
export type RecordJournal = Command<'RecordJournal', { readonly machineUid: string; readonly journalId: string }>;

/** The token is void afterwards, save for the same key again. Refuses: join-token-unknown, join-token-used. */
export const joinAgent = (state: MachineContextState, { data }: JoinAgent): Decision<MachineContextEvent> => {
  const machine = state.machines.get(state.machineByToken.get(data.tokenHash) ?? '');
  if (machine === undefined) return refuse(tokenUnknown());
  const { uid, name, address, publicKey } = machine;
  const answer: JoinAnswer = { machineUid: uid, machine: name, address };
  if (publicKey === data.publicKey) return accept([], answer);
  if (publicKey !== null) return refuse(tokenUsed(machine));
  const joined = { uid, name, publicKey: data.publicKey, agentVersion: data.agentVersion };
  return accept([{ stream: `machine/${uid}`, type: 'AgentJoined', version: 1, data: joined }], answer);
};

/** Events only for what is new: a boot, a version, a journal, an inventory. A mere reconnect changes nothing. Refuses: machine-unknown. */
export const recordHello = (state: MachineContextState, { data }: RecordHello): Decision<MachineContextEvent> => {
  const machine = state.machines.get(data.machineUid);
  if (machine === undefined) return refuse(machineUnknown(data.machineUid));
  const { uid, name } = machine;
  const { bootId, journalId, agentVersion } = data;
  const { capacity, os, kernel, arch, foreignPorts } = data.inventory;
  const inventory = {
    capacity: { ...capacity },
    os,
    kernel,
    arch,
    foreignPorts: [...foreignPorts].sort((a, b) => a - b),
  };
  const stream = `machine/${uid}`;
  const events: MachineContextEvent[] = [...journalEvents(state, uid, journalId)];
  if (canonicalJson(machine.inventory) !== canonicalJson(inventory)) {
    events.push({ stream, type: 'InventoryChanged', version: 1, data: { uid, name, ...inventory } });
  }
  if (canonicalJson(machine.session) !== canonicalJson({ bootId, agentVersion, journalId })) {
    events.push({
      stream,
      type: 'AgentSessionOpened',
      version: 1,
      data: { uid, name, bootId, agentVersion, journalId },
    });
  }
  return accept(events, events.length === 0 ? unchanged(uid) : changed(uid));
};

/** Refuses: machine-unknown. */
export const recordJournal = (state: MachineContextState, { data }: RecordJournal): Decision<MachineContextEvent> => {
  if (!state.machines.has(data.machineUid)) return refuse(machineUnknown(data.machineUid));
  return accept(journalEvents(state, data.machineUid, data.journalId), unchanged(data.machineUid));
};

const journalEvents = (state: MachineContextState, machineUid: string, journalId: string): MachineContextEvent[] => {
  const queue = state.queues.get(machineUid);
  if (queue === undefined) return [];
  const stream = `agent-queue/${machineUid}`;
  const verdict = judgeJournal(queue, journalId);
  switch (verdict.is) {
    case 'same':
      return [];
    case 'bound':
      return [
        {
          stream,
          type: 'AgentJournalBound',
          version: 1,
          data: { machineUid, journalId, generation: verdict.generation },
        },
      ];
    case 'reset':
      return [
        {
          stream,
          type: 'AgentJournalReset',
          version: 1,
          data: { machineUid, journalId, generation: verdict.generation, closed: [...verdict.closed] },
        },
      ];
  }
};
