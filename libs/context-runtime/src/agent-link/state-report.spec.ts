import { afterEach, describe, expect, it } from '@jest/globals';
import type { StateReport } from '@yiqiu/contracts';
import { waitFor } from '@yiqiu/testing';
import { randomUUID } from 'node:crypto';
import { FakeChannel, openOwner, type Owner } from './link.fixture.ts';

let owners: Owner[] = [];
afterEach(async () => {
  await Promise.all(owners.map((owner) => owner.stop()));
  owners = [];
});

const open = async (options: Parameters<typeof openOwner>[1]) => {
  const channel = new FakeChannel();
  const owner = await openOwner(channel, options);
  owners.push(owner);
  await waitFor(() => owner.runner.serving, { what: 'agents to be served', deadlineMs: 5_000 });
  const machineUid = randomUUID();
  await owner.addMachine(machineUid);
  let number = 0;
  const report = async (): Promise<void> => {
    number += 1;
    const said: StateReport = {
      ...{ machineUid, bootId: 'boot', journalId: randomUUID(), generation: 1, number },
      ...{ startedAt: 1, sentAt: 2, acceptedUpTo: 0, units: [], answers: [] },
    };
    expect(await channel.handlers?.onState?.(said)).toEqual({ ok: true });
  };
  return { owner, machineUid, report };
};

describe('a state report', () => {
  it('leaves a command row only where the domain finds news in it', async () => {
    const { owner, machineUid, report } = await open({
      stateReportCommand: ({ machineUid }, state) =>
        (state.queues.get(machineUid)?.nextSeq ?? 1) > 1
          ? null
          : { type: 'Issue', data: { machineUid, texts: ['first'] } },
    });
    const before = owner.log.store.commands.size;
    await report();
    expect(owner.log.store.commands.size).toBe(before + 1);
    for (let n = 0; n < 5; n++) await report();
    expect(owner.log.store.commands.size).toBe(before + 1);
    expect(await owner.pending(machineUid)).toEqual([1]);
  });

  it('may be judged without the state', async () => {
    const { owner, machineUid, report } = await open({
      stateReportCommand: ({ machineUid, number }) => ({
        type: 'Issue',
        data: { machineUid, texts: [`report ${number}`] },
      }),
    });
    await report();
    await report();
    expect(await owner.pending(machineUid)).toEqual([1, 2]);
  });
});
