import { tempDir } from '@yiqiu/testing';
import { randomInt } from 'node:crypto';
import { join } from 'node:path';
import type { Bench } from '../bench.ts';
import { startPlatform } from '../platform/start.ts';
import { createPackage } from '../program/group.ts';
import { buildProgram } from '../program/package.ts';
import { figureOf, type Figure } from '../report/figure.ts';
import type { PlaybookRun } from './ansible-log.ts';
import { hooksAlone } from './hooks-alone.ts';
import { deployOwn, type OwnRound } from './own.ts';
import { beyondHooks, sharesOf, type Leg } from './path.ts';
import { openPlaybook, type Playbook } from './playbook.ts';
import { ansibleVersion, missingTools } from './tools.ts';

const machines = 5;
const units = 20;
/** 20 times less than the playbook. */
const ratioBelow = 1 / 20;

interface Round {
  readonly own: OwnRound;
  /** Null where there is no ansible here. */
  readonly peer: PlaybookRun | null;
  readonly hooksAloneMs: number;
}

/** A unit's way from apply to RUNNING, against an ssh playbook that does the same on the same machine. */
export const deployBench: Bench = async ({ effort, say }) => {
  const missing = await missingTools(say);
  if (missing !== null) say(`deploy: measured without the playbook: ${missing}`);
  const temp = tempDir();
  const platform = await startPlatform({ machines });
  let playbook: Playbook | null = null;
  try {
    await createPackage(platform.rest);
    const net = `127.0.${randomInt(50, 100)}`;
    const hosts = Array.from({ length: machines }, (_, index) => `${net}.${index + 1}`);
    playbook = missing === null ? await openPlaybook(temp.path, hosts) : null;
    const rounds: Round[] = [];
    for (let number = 0; number <= effort.deployRounds; number += 1) {
      const program = await buildProgram(`1.0.${number}`, join(temp.path, `program${number}`));
      const hooksAloneMs = await hooksAlone(program.dir, join(temp.path, `alone${number}`), units);
      const own = await deployOwn(platform, program, `bench${number}`, units);
      const peer = (await playbook?.run(program, units)) ?? null;
      // The first warms both up and does not count.
      if (number > 0) rounds.push({ own, peer, hooksAloneMs });
      say(
        `deploy, ${number === 0 ? 'warming up' : `round ${number}`}: ${seconds(own.wallMs)} against ${peer === null ? 'nothing' : seconds(peer.wallMs)}, hooks alone ${seconds(hooksAloneMs)}`,
      );
    }
    return figuresOf(rounds, missing === null ? await ansibleVersion() : '');
  } finally {
    await playbook?.stop();
    await platform.stop();
    temp.remove();
  }
};

const seconds = (ms: number): string => `${(ms / 1_000).toFixed(2)} s`;

const figuresOf = (rounds: readonly Round[], ansible: string): Figure[] => {
  const peers = rounds.flatMap(({ peer }) => (peer === null ? [] : [peer]));
  const against = (of: (wallMs: number, round: number) => number) =>
    peers.length === 0
      ? {}
      : { against: { name: `${ansible} over ssh`, rounds: peers.map(({ wallMs }, at) => of(wallMs, at)) } };
  const beyond = (wallMs: number, at: number): number => beyondHooks(wallMs, rounds[at]?.hooksAloneMs ?? 0, units);
  const own = rounds.map((round) => round.own);
  return [
    figureOf({
      ...{ bench: 'deploy', name: `${units} units on ${machines} machines`, unit: 's' },
      own: own.map(({ wallMs }) => wallMs / 1_000),
      ...against((wallMs) => wallMs / 1_000),
    }),
    figureOf({
      ...{ bench: 'deploy', name: 'each unit, beyond the hooks', unit: 'ms' },
      own: own.map(({ wallMs }, at) => beyond(wallMs, at)),
      ...against(beyond),
      ...(peers.length === 0 ? {} : { target: { below: ratioBelow } }),
    }),
    figureOf({
      ...{ bench: 'deploy', name: 'the install hooks alone, each unit', unit: 'ms' },
      own: rounds.map(({ hooksAloneMs }) => hooksAloneMs / units),
    }),
    ...legFigures(
      'a unit’s way',
      own.map(({ paths }) => paths),
    ),
    ...(peers.length === 0
      ? []
      : legFigures(
          'the playbook',
          peers.map(({ tasks }) => [tasks]),
        )),
  ];
};

/** Each leg in ms and as a part of the whole. */
const legFigures = (whose: string, rounds: readonly (readonly (readonly Leg[])[])[]): Figure[] => {
  const shares = rounds.map(sharesOf);
  return (shares[0] ?? []).flatMap(({ name }, leg) => [
    figureOf({
      ...{ bench: 'deploy', name: `${whose}: ${name}`, unit: 'ms' },
      own: shares.map((round) => round[leg]?.ms ?? 0),
    }),
    figureOf({
      ...{ bench: 'deploy', name: `${whose}: ${name}`, unit: '%' },
      own: shares.map((round) => round[leg]?.percent ?? 0),
    }),
  ]);
};
