import { randomUUID } from 'node:crypto';
import { generateKeyPairSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { log as logStubs, machine as stubs } from '@yiqiu/contracts/grpc';
import { decodeEvent } from '@yiqiu/kernel';
import type { EventEnvelope } from '@yiqiu/kernel';
import { createAuthority, writeCredentials } from '@yiqiu/messaging';
import { createLogger, GrpcPeer, readConfig } from '@yiqiu/platform-kit';
import type { RunningService } from '@yiqiu/platform-kit';
import { freePort, startNats, startPostgres, tempDir, waitFor } from '@yiqiu/testing';
import type { TempDir, TestNats, TestPostgres } from '@yiqiu/testing';
import { machineManagerSettings } from '../config.ts';
import { startMachineManager } from '../start.ts';
import { FakeAgent, type FakeAgentOptions } from './agent.fixture.ts';
import { FakeSupervisor } from './supervisor.fixture.ts';

const rpc = stubs.MachineServiceService;
const secret = 's'.repeat(40);
const idempotent = { idempotent: true } as const;
/**
 * Short, so that silence becomes a fault within a test's patience. The lease is longer than what counts as a pause of our own:
 * where a busy machine's loop stands still, agents and observer here stand still together.
 */
export const timing = { heartbeatMs: 100, leaseMs: 2_500, holdDownMs: 1_500, startGraceMs: 500, reportMs: 10_000 };

/** machine-manager over a real PostgreSQL and a real NATS with identities, and whom it talks to. */
export class TestPlatform {
  readonly agents = new Map<string, FakeAgent>();
  #service: RunningService | null = null;

  private constructor(
    readonly files: TempDir,
    readonly postgres: TestPostgres,
    readonly nats: TestNats,
    readonly supervisor: FakeSupervisor,
    readonly peer: GrpcPeer,
    readonly env: { readonly [name: string]: string },
  ) {}

  static async start(fenceDriver: boolean): Promise<TestPlatform> {
    const files = tempDir();
    const authority = await createAuthority(join(files.path, 'authority'));
    const [postgres, nats] = await Promise.all([startPostgres(), startNats({ config: authority.serverConfig })]);
    const write = (name: string, text: string): string => {
      const path = join(files.path, name);
      writeFileSync(path, text, { mode: 0o600 });
      return path;
    };
    const creds = join(files.path, 'machine-manager.creds');
    writeCredentials(creds, await authority.mintService('machine-manager'));
    const supervisor = new FakeSupervisor(join(files.path, 'fate.sock'));
    await supervisor.start();
    const port = await freePort();
    const { publicKey } = generateKeyPairSync('ed25519');
    const env = {
      YIQIU_DATABASE_URL: await postgres.createDatabase(),
      YIQIU_NATS_URL: nats.url,
      YIQIU_NATS_CREDS: creds,
      YIQIU_SECRET_FILE: write('secret', secret),
      YIQIU_TIMING: 'local',
      YIQIU_GRPC_BIND: `127.0.0.1:${port}`,
      YIQIU_HTTP_BIND: '127.0.0.1:0',
      YIQIU_RESOURCE_PLATFORM: '127.0.0.1:9',
      YIQIU_SERVICE_PLATFORM: '127.0.0.1:9',
      YIQIU_JOIN_KEY_FILE: write('join', 'j'.repeat(40)),
      YIQIU_NATS_AUTHORITY: join(files.path, 'authority'),
      YIQIU_AGENT_NATS_URL: nats.url,
      YIQIU_PLATFORM_PUBLIC_KEY_FILE: write('key.pub', publicKey.export({ type: 'spki', format: 'pem' }).toString()),
      ...(fenceDriver ? { YIQIU_FENCE_SOCKET: supervisor.path } : {}),
    };
    const peer = new GrpcPeer({ address: { host: '127.0.0.1', port }, secret });
    const platform = new TestPlatform(files, postgres, nats, supervisor, peer, env);
    await platform.startService();
    return platform;
  }

  async startService(): Promise<void> {
    const config = { ...readConfig(machineManagerSettings, { env: this.env }), timing };
    const service = await startMachineManager(config, createLogger({ name: 'machine-manager', level: 'silent' }));
    this.#service = service;
    await waitFor(() => service.readiness.report().ready, { deadlineMs: 30_000, what: 'the service to be ready' });
  }

  async stopService(): Promise<void> {
    await this.#service?.stop();
    this.#service = null;
  }

  async stop(): Promise<void> {
    await Promise.all([...this.agents.values()].map((agent) => agent.close()));
    this.peer.close();
    await this.stopService();
    await Promise.all([this.supervisor.stop(), this.postgres.stop(), this.nats.stop()]);
    this.files.remove();
  }

  meta(reason?: string) {
    return {
      commandId: randomUUID(),
      actor: 'user:admin',
      reason,
      correlationId: undefined,
      expectedRevision: undefined,
    };
  }

  async createPool(name: string, kernel?: string): Promise<void> {
    const steps = [
      { name: 'base', run: 'true', user: 'root', timeout: '60s', retries: 0, needsAgent: true, mayReboot: false },
    ];
    const strategy = { name, os: 'any', kernel, steps, checks: [] };
    await this.peer.call(rpc.createInitStrategy, { meta: this.meta(), ...strategy }, idempotent);
    const pool = { name, region: 'bj', initStrategy: name, autoOnline: true, policy: undefined };
    await this.peer.call(rpc.createPool, { meta: this.meta(), ...pool }, idempotent);
  }

  async add(name: string, pool: string): Promise<string> {
    const machine = { name, address: '127.0.0.1', pool, rack: undefined, zone: undefined, labels: {} };
    const { joinToken } = await this.peer.call(rpc.addMachine, { meta: this.meta(), ...machine }, idempotent);
    return joinToken;
  }

  join(token: string, publicKey: string): Promise<stubs.JoinAgentResponse> {
    return this.peer.call(rpc.joinAgent, { token, publicKey, agentVersion: '0.1.0' }, idempotent);
  }

  /** A machine with an agent that has joined and beats; it is up. */
  async machine(name: string, pool: string, options: Omit<FakeAgentOptions, 'servers'> = {}): Promise<FakeAgent> {
    const agent = new FakeAgent({ servers: this.nats.url, ...options });
    this.agents.set(name, agent);
    this.supervisor.power.set(name, 'up');
    await agent.connect(await this.join(await this.add(name, pool), agent.publicKey));
    return agent;
  }

  show(name: string): Promise<stubs.Machine> {
    return this.peer.call(rpc.getMachine, { name, minPosition: undefined }, idempotent);
  }

  pool(name: string): Promise<stubs.Pool> {
    return this.peer.call(rpc.getPool, { name, minPosition: undefined }, idempotent);
  }

  async alarms(filters: { readonly [name: string]: string } = {}): Promise<stubs.Alarm[]> {
    const request = { limit: 100, cursor: '', filters, minPosition: undefined };
    return (await this.peer.call(rpc.listAlarms, request, idempotent)).items;
  }

  async fences(machine: string): Promise<stubs.Fence[]> {
    const request = { limit: 100, cursor: '', filters: { machine }, minPosition: undefined };
    return (await this.peer.call(rpc.listFences, request, idempotent)).items;
  }

  /** The machine whole and well, as its agent and the supervisor have it. */
  async until(name: string, what: string, holds: (machine: stubs.Machine) => boolean): Promise<stubs.Machine> {
    let last: stubs.Machine | null = null;
    const found = async (): Promise<stubs.Machine | null> => {
      last = await this.show(name);
      return holds(last) ? last : null;
    };
    try {
      return await waitFor(found, { deadlineMs: 60_000, what: `${name} to be ${what}` });
    } catch (error) {
      throw new Error(`${name} is ${JSON.stringify(last)}`, { cause: error });
    }
  }

  async events(): Promise<EventEnvelope[]> {
    const all: EventEnvelope[] = [];
    const { read } = logStubs.EventLogServiceService;
    const request = logStubs.ReadRequest.fromPartial({ fromPosition: 1 });
    for await (const { body } of this.peer.stream(read, request, { deadlineMs: 10_000 })) all.push(decodeEvent(body));
    return all;
  }
}
