import { delay } from '@yiqiu/testing';
import type { Bench, BenchInput } from '../bench.ts';
import { figureOf, type Figure, type Target } from '../report/figure.ts';
import type { Contestant } from './contestant.ts';
import { openOwn } from './own.ts';
import { openPeer } from './peer.ts';

const fields: readonly { readonly clients: number; readonly target?: Target }[] = [
  { clients: 1 },
  { clients: 64, target: { atLeast: 5 } },
  { clients: 1_024, target: { atLeast: 10 } },
];

/** Commands a second in process, one event each, one outstanding per client. */
export const commandsBench: Bench = async (input) => {
  const figures: Figure[] = [];
  for (const { clients, target } of fields) {
    const own: number[] = [];
    const peer: number[] = [];
    for (let round = 0; round < input.effort.rounds; round++) {
      const sides = [
        async () => own.push(await perSecond(input, openOwn, clients)),
        async () => peer.push(await perSecond(input, openPeer, clients)),
      ];
      // Who goes first changes with each round.
      for (const side of round % 2 === 0 ? sides : sides.reverse()) await side();
      input.say(
        `commands, ${clients} clients, round ${round + 1}: ${Math.round(own.at(-1) ?? 0)} against ${Math.round(peer.at(-1) ?? 0)}`,
      );
    }
    figures.push(
      figureOf({
        ...{ bench: 'commands', name: `${clients} ${clients === 1 ? 'client' : 'clients'}`, unit: 'commands/s', own },
        against: { name: 'emmett-postgresql', rounds: peer },
        ...(target === undefined ? {} : { target }),
      }),
    );
  }
  return figures;
};

/** Of one round on a new database. */
const perSecond = async (
  { postgres, effort }: BenchInput,
  open: (url: string) => Promise<Contestant>,
  clients: number,
): Promise<number> => {
  const contestant = await open(await postgres.createDatabase());
  let done = 0;
  let going = true;
  const client = async (number: number): Promise<void> => {
    while (going) {
      await contestant.send(number);
      done += 1;
    }
  };
  const all = Promise.all(Array.from({ length: clients }, (_, number) => client(number)));
  try {
    await Promise.race([all, delay(effort.warmMs)]);
    const [doneBefore, beginMs] = [done, performance.now()];
    await Promise.race([all, delay(effort.measureMs)]);
    const perMs = (done - doneBefore) / (performance.now() - beginMs);
    going = false;
    await all;
    return perMs * 1_000;
  } finally {
    going = false;
    await contestant.close();
  }
};
