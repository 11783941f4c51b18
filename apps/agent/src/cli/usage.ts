export const relationUsage = 'yiqiu-agent relation-set ENDPOINT KEY=VALUE … [--service]';

export const usage = `yiqiu-agent: the agent of one machine

  yiqiu-agent run --root DIR [--server URL --token TOKEN] [--name NAME]
                  [--cpu-milli N --memory-mib N --disk-mib N]
      joins at the first start (--server, --token), afterwards needs --root only; SIGTERM ends the agent, units run on
  yiqiu-agent stop-all --root DIR
      an announced power-off: ends the agent, then stops all units in order; the next start is another boot
  ${relationUsage}
      for hooks: publishes relation data of this unit, or with --service of its service; KEY= takes a key away
  yiqiu-agent version
`;

/** Wrong usage: exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
