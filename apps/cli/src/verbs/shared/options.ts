import type { Command } from 'commander';

export interface YesOptions {
  readonly yes?: boolean;
}

export interface ReasonOptions {
  readonly reason?: string;
}

export const withYes = (command: Command): Command =>
  command.option('--yes', 'do not ask; needed where there is no terminal');

export const withReason = (command: Command): Command =>
  command.option('--reason <text>', 'why; it is kept with the events');

export const withDryRun = (command: Command): Command =>
  command.option('--dry-run', 'show what would be done, change nothing');

export interface DryRunOptions {
  readonly dryRun?: boolean;
}
