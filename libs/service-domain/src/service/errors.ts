import type { DomainError } from '@yiqiu/kernel';
import { refusal } from '@yiqiu/kernel';

/** 404 */
export const serviceUnknown = (name: string): DomainError =>
  refusal('not-found', 'service-unknown', `there is no service ${name}`, { next: 'yiqiu service list' });

/** 412: between the shell's check of the values and the decision the config changed; send it again. */
export const configMoved = (name: string, checked: number, revision: number): DomainError =>
  refusal(
    'precondition',
    'config-moved',
    `the config of ${name} is at revision ${revision}, its values were checked against ${checked}; send it again`,
  );

/** 422 */
export const unitsInvalid = (units: number, max: number): DomainError =>
  refusal('invalid', 'units-invalid', `units is ${units}, 0 to ${max} is allowed`, {
    errors: [{ field: 'units', value: units, allowed: `0 to ${max}` }],
  });
