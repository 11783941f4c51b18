import { planView, type PlanView } from '@yiqiu/contracts';
import { printRows, type Column } from '../../output/print.ts';
import type { Session } from './session.ts';

type Change = PlanView['changes'][number];

const short = (value: unknown): string => {
  if (value === null || value === undefined) return '-';
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || Array.isArray(value)) return JSON.stringify(value);
  return Object.entries(value)
    .map(([key, part]) => `${key}=${typeof part === 'string' ? part : JSON.stringify(part)}`)
    .join(' ');
};

const columns: readonly Column<Change>[] = [
  { title: 'SERVICE', value: ({ service }) => service },
  { title: 'WHAT', value: ({ what }) => what },
  { title: 'FROM', value: ({ from }) => short(from), flexible: true },
  { title: 'TO', value: ({ to }) => short(to), flexible: true },
  { title: 'EFFECT', value: ({ effect }) => effect, flexible: true },
];

export const planOf = (body: unknown): PlanView => planView.parse(body);

/** Kept by the platform, since a person changed it: it is shown, and not done. */
const isKept = ({ effect }: Change): boolean => effect.startsWith('kept');

export const isEmpty = ({ changes, deletes }: PlanView): boolean => changes.every(isKept) && deletes.length === 0;

/** A plan as asked for: a table for people, else REST's body. */
export const printPlan = (session: Session, plan: PlanView, body: unknown): void => {
  const { format } = session;
  if (!session.isForPeople) return printRows(format, [plan], [], body, ({ id }) => id);
  process.stdout.write(`plan ${plan.id} of group ${plan.group}, revision ${plan.revision}\n`);
  if (plan.changes.length === 0) process.stdout.write('nothing to change: the group is as wanted\n');
  else printRows(format, plan.changes, columns, body, ({ service }) => service);
  if (plan.deletes.length > 0) process.stdout.write(`removes: ${plan.deletes.join(', ')}; data is kept\n`);
  if (plan.requirers.length > 0) process.stdout.write(`touches by relation: ${plan.requirers.join(', ')}\n`);
};
