export { Link, type LinkBells, type LinkOptions } from './link.ts';
export { Silence } from './silence.ts';
export { answerQuestion } from './answers.ts';
export { knownTiming } from './greeting.ts';
export { Bell } from './bell.ts';
