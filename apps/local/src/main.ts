import { AlreadyRunningError } from './data/platform-file.ts';
import { parseOptions, UsageError } from './options.ts';
import { Platform } from './platform.ts';

const parentPollMs = 500;
const repeatMs = 500;

const checkout = process.env['YIQIU_CHECKOUT'] ?? process.cwd();

/** Resolves when we are told to end: by a signal, or because the process that started us is gone. */
const toldToEnd = (): { readonly promise: Promise<string>; readonly stop: () => void } => {
  let last = 0;
  let timer: NodeJS.Timeout | undefined;
  const promise = new Promise<string>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => {
        const now = performance.now();
        if (now - last < repeatMs) return;
        last = now;
        resolve(signal);
      });
    }
    const parent = Number(process.env['YIQIU_PARENT'] ?? 0);
    if (parent > 0) {
      timer = setInterval(() => {
        if (process.ppid !== parent) resolve('the end of npm start');
      }, parentPollMs);
    }
  });
  return { promise, stop: () => clearInterval(timer) };
};

/** Nobody reads what we say any more (`npm start | head`, a closed terminal): the platform runs on, and still ends in order. */
const outliveReaders = (): void => {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE' && error.code !== 'EIO') throw error;
    });
  }
};

const main = async (): Promise<number> => {
  outliveReaders();
  const options = parseOptions(process.argv.slice(2), checkout);
  const end = toldToEnd();
  const platform = new Platform(options, checkout, (text) => process.stdout.write(text));
  const ended = end.promise.then((why) => ({ why }));
  try {
    await Promise.race([platform.start(), ended]);
    platform.say(`stopping (${(await ended).why})`);
    return 0;
  } finally {
    await platform.stop();
    end.stop();
  }
};

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    const plain = error instanceof UsageError || error instanceof AlreadyRunningError;
    process.stderr.write(
      `\nyiqiu: ${plain ? error.message : error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
    );
    process.exit(error instanceof UsageError ? 2 : 1);
  },
);
