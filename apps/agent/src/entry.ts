import { withSmallHeap } from './small-heap.ts';

const [verb, ...args] = process.argv.slice(2);
if (verb === 'relation-set') {
  // Hooks wait for it: nothing else is loaded.
  const { hookMain } = await import('./cli/hook-main.ts');
  process.exitCode = hookMain(args);
} else {
  // First of all: what costs memory is loaded after it.
  withSmallHeap();
  await import('./main.ts');
}
