import { withSmallHeap } from './small-heap.ts';

// First of all: what costs memory is loaded after it.
withSmallHeap();
await import('./main.ts');
