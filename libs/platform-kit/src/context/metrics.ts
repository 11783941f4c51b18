import { Gauge } from 'prom-client';
import type { Registry } from 'prom-client';
import type { RuntimeStatus } from '@yiqiu/context-runtime';

interface Observed {
  status(): RuntimeStatus;
  waiting(): number;
}

/** Where a context stands: `yiqiu_runtime_position`, `…_published`, `…_epoch`, `…_leading` (0, 1), `…_waiting` commands. */
export const observeRuntime = (runtime: Observed, registry: Registry): void => {
  const gauge = (name: string, help: string, value: () => number): void => {
    const registers = [registry];
    new Gauge({
      name: `yiqiu_runtime_${name}`,
      help,
      registers,
      collect() {
        this.set(value());
      },
    });
  };
  gauge('position', 'position of the last durable event', () => runtime.status().position);
  gauge('published', 'position of the last published event', () => runtime.status().published);
  gauge('epoch', 'epoch of the writer', () => runtime.status().epoch);
  gauge('leading', '1 where it leads', () => (runtime.status().phase === 'leading' ? 1 : 0));
  gauge('waiting', 'commands that wait to be decided', () => runtime.waiting());
};
