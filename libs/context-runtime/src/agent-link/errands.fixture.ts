import { bindJournal, enqueue, judgeJournal, newQueue, placeOf, resetJournal, settle } from '@yiqiu/agent-queue';
import type { AgentQueue } from '@yiqiu/agent-queue';
import type { AgentPayload, OutputRef, StepReport } from '@yiqiu/contracts';
import { accept, refusal, refuse } from '@yiqiu/kernel';
import type { Command, ContextDomain, Decision, EventEnvelope, JsonObject, NewEvent } from '@yiqiu/kernel';
import { z } from 'zod';
import type { AgentLinkDomain } from './port.ts';

/** A small context whose only work is to have errands run by agents. */
export interface Errands {
  readonly queues: Map<string, AgentQueue<string>>;
  /** Text of each errand that was reported done, with how often. */
  readonly done: Map<string, number>;
  readonly outputs: Map<string, OutputRef>;
}

export type ErrandCommand =
  | Command<'AddMachine', { readonly machineUid: string }>
  | Command<'Issue', { readonly machineUid: string; readonly texts: readonly string[] }>
  | Command<'BindJournal', { readonly machineUid: string; readonly journalId: string }>
  | Command<'Cancel', { readonly machineUid: string; readonly seq: number }>
  | Command<'Report', { readonly report: JsonObject; readonly output: OutputRef }>;

const queued = z.object({ machineUid: z.string(), generation: z.number(), seq: z.number(), text: z.string() });
const journal = z.object({ machineUid: z.string(), journalId: z.string(), generation: z.number() });
const settled = queued.extend({
  output: z.object({ digest: z.string(), sizeBytes: z.number(), truncated: z.boolean(), tail: z.string() }).nullable(),
});

const event = (machineUid: string, type: string, data: JsonObject): NewEvent => ({
  stream: `errands/${machineUid}`,
  type,
  version: 1,
  data,
});

const issued = (queue: AgentQueue<string>, texts: readonly string[]): NewEvent[] =>
  texts.map((text, ahead) =>
    event(queue.machineUid, 'Issued', { machineUid: queue.machineUid, ...placeOf(queue, ahead), text }),
  );

const unknown = (machineUid: string): Decision =>
  refuse(refusal('not-found', 'machine-unknown', `there is no machine ${machineUid}`));

const decide = (state: Errands, command: ErrandCommand): Decision => {
  if (command.type === 'AddMachine') return accept([event(command.data.machineUid, 'MachineAdded', command.data)]);
  const machineUid = command.type === 'Report' ? String(command.data.report['machineUid']) : command.data.machineUid;
  const queue = state.queues.get(machineUid);
  if (queue === undefined) return unknown(machineUid);
  switch (command.type) {
    case 'Issue':
      return accept(issued(queue, command.data.texts));
    case 'Cancel': {
      const item = queue.pending.find(({ seq }) => seq === command.data.seq);
      const { generation } = queue;
      return accept(
        item === undefined
          ? []
          : [event(machineUid, 'Cancelled', { machineUid, generation, seq: item.seq, text: item.ref })],
      );
    }
    case 'BindJournal': {
      const verdict = judgeJournal(queue, command.data.journalId);
      if (verdict.is === 'same') return accept([]);
      const { generation } = verdict;
      if (verdict.is === 'bound')
        return accept([event(machineUid, 'AgentJournalBound', { ...command.data, generation })]);
      const fresh = { ...newQueue<string>(machineUid), generation };
      const texts = queue.pending.map(({ ref }) => ref);
      return accept([event(machineUid, 'AgentJournalReset', { ...command.data, generation }), ...issued(fresh, texts)]);
    }
    case 'Report': {
      const { generation, seq } = command.data.report;
      const item = queue.pending.find((waiting) => waiting.seq === seq && queue.generation === generation);
      if (item === undefined) return refuse(refusal('precondition', 'errand-unknown', `${String(seq)} does not wait`));
      const { output } = command.data;
      return accept([
        event(machineUid, 'Done', { machineUid, generation: queue.generation, seq: item.seq, text: item.ref, output }),
      ]);
    }
  }
};

const queueOf = (state: Errands, machineUid: string): AgentQueue<string> => {
  const queue = state.queues.get(machineUid);
  if (queue === undefined) throw new Error(`no queue of ${machineUid}`);
  return queue;
};

const evolve = (state: Errands, { type, data }: EventEnvelope): void => {
  switch (type) {
    case 'MachineAdded': {
      const machineUid = String(data['machineUid']);
      state.queues.set(machineUid, newQueue(machineUid));
      return;
    }
    case 'Issued': {
      const { machineUid, generation, seq, text } = queued.parse(data);
      return enqueue(queueOf(state, machineUid), generation, { seq, startBy: 4_000_000_000_000, ref: text });
    }
    case 'AgentJournalBound': {
      const { machineUid, journalId } = journal.parse(data);
      return bindJournal(queueOf(state, machineUid), journalId);
    }
    case 'AgentJournalReset': {
      const { machineUid, journalId, generation } = journal.parse(data);
      return resetJournal(queueOf(state, machineUid), journalId, generation);
    }
    case 'Cancelled': {
      const { machineUid, generation, seq } = queued.parse(data);
      return settle(queueOf(state, machineUid), generation, seq);
    }
    case 'Done': {
      const { machineUid, generation, seq, text, output } = settled.parse(data);
      settle(queueOf(state, machineUid), generation, seq);
      state.done.set(text, (state.done.get(text) ?? 0) + 1);
      state.outputs.set(text, output);
      return;
    }
  }
  throw new Error(`unknown event ${type}`);
};

export const errandsDomain = (): ContextDomain<Errands, ErrandCommand> => ({
  context: 'service',
  foldVersion: 1,
  initial: () => ({ queues: new Map(), done: new Map(), outputs: new Map() }),
  decide,
  evolve,
  react: () => [],
  reactors: {},
  tick: () => null,
  nextDeadline: () => null,
  tables: () => ({}),
  restore: () => {
    throw new Error('errands have no snapshots');
  },
});

/** Texts that begin with `void:` are void, with `bad:` are no payload that an agent takes. */
export const errandsLink = (): AgentLinkDomain<Errands, ErrandCommand, string> => ({
  queueOf: (state, machineUid) => state.queues.get(machineUid) ?? null,
  touched: ({ type, data }) => (type === 'Issued' || type === 'AgentJournalReset' ? String(data['machineUid']) : null),
  payload: (_state, _machineUid, { ref }) => (ref.startsWith('void:') ? null : errandPayload(ref)),
  journalCommand: (machineUid, journalId) => ({ type: 'BindJournal', data: { machineUid, journalId } }),
  reportCommand: (report: StepReport, output) => ({ type: 'Report', data: { report: { ...report }, output } }),
});

export const errandPayload = (text: string): AgentPayload => ({
  kind: 'init-step',
  name: text,
  check: false,
  run: 'true',
  kernel: null,
  user: 'root',
  timeoutMs: text.startsWith('bad:') ? -1 : 1_000,
  mayReboot: false,
});
