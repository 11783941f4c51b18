import type { UnitCommand } from '@yiqiu/contracts';
import type { ChangeCause } from '@yiqiu/program/manifest-types';

/** What a change is about: its reason, or what the step itself is for. */
export const causeOf = ({ reason, step }: Pick<UnitCommand, 'reason' | 'step'>): ChangeCause => {
  switch (reason) {
    case 'config':
    case 'relation':
    case 'members':
    case 'leader':
      return reason;
    case 'deploy':
    case 'upgrade':
    case 'rollback':
    case 'migrate':
    case 'boot':
    case 'retry':
    case 'scale-in':
    case 'remove':
      return step === 'relation-changed' ? 'relation' : 'config';
  }
};
