import type { CommandAccepted, CommandPush, StepReport } from '@yiqiu/contracts';
import { openMemoryLog, type MemoryLog } from '@yiqiu/event-log';
import { MemoryEventBus, type AgentHandlers, type ReportVerdict } from '@yiqiu/messaging';
import { randomUUID } from 'node:crypto';
import { logCatchUp } from '../catch-up/index.ts';
import { RecordedReports } from '../fixtures/harness.fixture.ts';
import { openContext, type ContextRuntime } from '../runtime/index.ts';
import { errandsDomain, errandsLink, type ErrandCommand, type Errands } from './errands.fixture.ts';
import type { AgentLinkChannel, AgentLinkDomain, AgentLinkOptions, AgentLinkProblem } from './port.ts';
import { AgentLinkRunner } from './runner.ts';
import type { NewEvent } from '@yiqiu/kernel';

export type ErrandsRuntime = ContextRuntime<Errands, ErrandCommand, NewEvent>;

/** Agents in memory: what they answer to pushes is the test's, what they say goes to the handlers. */
export class FakeChannel implements AgentLinkChannel {
  readonly pushes: { readonly machineUid: string; readonly push: CommandPush }[] = [];
  handlers: AgentHandlers | null = null;
  report: ((report: StepReport) => Promise<ReportVerdict>) | null = null;
  sessions = 0;
  atOnce = 0;
  atOnceMost = 0;
  answer: (machineUid: string, push: CommandPush) => Promise<CommandAccepted | null> = async (_machine, push) => ({
    ok: true,
    generation: push.generation,
    acceptedUpTo: push.commands.at(-1)?.seq ?? 0,
  });

  serve(handlers: AgentHandlers) {
    this.handlers = handlers;
    this.sessions += 1;
    return {
      push: async (machineUid: string, push: CommandPush) => {
        this.pushes.push({ machineUid, push });
        this.atOnceMost = Math.max(this.atOnceMost, ++this.atOnce);
        try {
          return await this.answer(machineUid, push);
        } finally {
          this.atOnce -= 1;
        }
      },
      stop: async () => {
        this.handlers = null;
      },
    };
  }

  async consumeReports(handler: (report: StepReport) => Promise<ReportVerdict>, signal: AbortSignal): Promise<void> {
    this.report = handler;
    await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
    this.report = null;
  }

  /** What was sent, by number. */
  seqs(): number[][] {
    return this.pushes.map(({ push }) => push.commands.map(({ seq }) => seq));
  }
}

let holders = 0;

/** An owner of errands over a log that outlives it. */
export const openOwner = async (
  channel: AgentLinkChannel,
  options: { readonly log?: MemoryLog } & Partial<
    Pick<AgentLinkOptions<Errands, ErrandCommand, string>, 'blobs' | 'repeatAfterMs' | 'pushesMax'> &
      Pick<AgentLinkDomain<Errands, ErrandCommand, string>, 'stateReportCommand'>
  > = {},
) => {
  const { stateReportCommand } = options;
  const log = options.log ?? openMemoryLog({ context: 'service' });
  const problems: AgentLinkProblem[] = [];
  const runtime: ErrandsRuntime = await openContext({
    domain: errandsDomain(),
    log,
    bus: new MemoryEventBus(),
    catchUp: logCatchUp({}),
    holder: `errands-${(holders += 1)}`,
    reports: new RecordedReports(),
    timings: { leaseTtlMs: 5_000, idleSaveMs: 50, drainMs: 2_000 },
  });
  await runtime.start();
  const runner = new AgentLinkRunner({
    blobs: { put: (digest, bytes) => log.blobs.put(digest, bytes) },
    ...options,
    runtime,
    owner: 'service',
    domain: { ...errandsLink(), ...(stateReportCommand === undefined ? {} : { stateReportCommand }) },
    channel,
    onProblem: (problem) => problems.push(problem),
  });
  runner.start();
  const submit = (command: ErrandCommand) => runtime.submit(command, { commandId: randomUUID(), actor: 'user:test' });
  return {
    log,
    runtime,
    runner,
    problems,
    addMachine: (machineUid: string) => submit({ type: 'AddMachine', data: { machineUid } }),
    issue: (machineUid: string, texts: readonly string[]) => submit({ type: 'Issue', data: { machineUid, texts } }),
    cancel: (machineUid: string, seq: number) => submit({ type: 'Cancel', data: { machineUid, seq } }),
    done: () => runtime.read((state) => new Map(state.done)),
    pending: (machineUid: string) =>
      runtime.read((state) => state.queues.get(machineUid)?.pending.map(({ seq }) => seq) ?? []),
    stop: async () => {
      await runner.stop();
      await runtime.stop();
    },
  };
};

export type Owner = Awaited<ReturnType<typeof openOwner>>;

export const reportFor = (
  machineUid: string,
  lineage: string,
  seq: number,
  more: Partial<StepReport> = {},
): StepReport => ({
  machineUid,
  owner: 'service',
  lineage,
  generation: 1,
  seq,
  outcome: 'succeeded',
  exitCode: 0,
  message: '',
  output: `line one\noutput of ${seq}\n`,
  outputTruncated: false,
  startedAt: 1,
  endedAt: 2,
  orphans: [],
  ...more,
});
