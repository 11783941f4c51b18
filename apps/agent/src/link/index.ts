export { Link, type LinkBells, type LinkOptions } from './link.ts';
export { Silence } from './silence.ts';
export { knownTiming } from './greeting.ts';
export { Bell } from './bell.ts';
