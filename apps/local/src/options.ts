import { parseArgs } from 'node:util';
import { join, resolve } from 'node:path';

export interface Options {
  /** Absolute. */
  readonly dataDir: string;
  readonly port: number;
  readonly machines: number;
  /** First three numbers of the machines' addresses. */
  readonly net: string;
  readonly demo: boolean;
}

export class UsageError extends Error {
  override readonly name = 'UsageError';
}

const machinesMax = 200;

export const usage = `npm start -- [--data DIR] [--port P] [--machines N] [--net 127.0.N] [--no-demo]

  --data DIR       where everything is kept; default .yiqiu in the checkout
  --port P         of the gateway, on 127.0.0.1; default 7800
  --machines N     local machines m1…mN, 0 to ${machinesMax}; default 5
  --net 127.0.N    first three numbers of the machines' addresses; default 127.0.1
  --no-demo        do not push and deploy the demo`;

/** Throws {@link UsageError} that names the option, its value and what is allowed. */
export const parseOptions = (args: readonly string[], checkout: string): Options => {
  const { values } = parse(args);
  return {
    dataDir: resolve(checkout, values.data ?? join(checkout, '.yiqiu')),
    port: integer('--port', values.port ?? '7800', 1, 65_535),
    machines: integer('--machines', values.machines ?? '5', 0, machinesMax),
    net: net(values.net ?? '127.0.1'),
    demo: values['no-demo'] !== true,
  };
};

const parse = (args: readonly string[]) => {
  try {
    return parseArgs({
      args: [...args],
      options: {
        data: { type: 'string' },
        port: { type: 'string' },
        machines: { type: 'string' },
        net: { type: 'string' },
        'no-demo': { type: 'boolean' },
      },
    });
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
  }
};

const integer = (option: string, text: string, min: number, max: number): number => {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < min || value > max) {
    throw new UsageError(`${option} ${text}: an integer from ${min} to ${max} is allowed\n\n${usage}`);
  }
  return value;
};

const net = (text: string): string => {
  const parts = text.split('.');
  const fits =
    parts.length === 3 && parts[0] === '127' && parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) <= 255);
  if (!fits)
    throw new UsageError(`--net ${text}: three numbers of the loopback net are allowed, as 127.0.1\n\n${usage}`);
  return text;
};
