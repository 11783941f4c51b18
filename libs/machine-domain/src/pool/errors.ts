import { refusal } from '@yiqiu/kernel';
import type { DomainError } from '@yiqiu/kernel';

export const poolUnknown = (name: string): DomainError =>
  refusal('not-found', 'pool-unknown', `there is no pool ${JSON.stringify(name)}`, { next: 'yiqiu pool list' });

export const poolExists = (name: string, differs: readonly string[]): DomainError =>
  refusal('conflict', 'pool-exists', `pool ${name} is there already, with another ${differs.join(', ')}`, {
    next: `yiqiu pool show ${name}`,
  });

export const poolNotEmpty = (name: string, machines: number): DomainError =>
  refusal('conflict', 'pool-not-empty', `pool ${name} has ${machines} machine(s); only an empty pool can be deleted`, {
    next: `yiqiu machine list --pool ${name}`,
  });
