import type { UnitCommand } from '@yiqiu/contracts';
import type { UnitRecord } from '../journal/index.ts';

/** Of a unit that comes to this machine. */
export const newRecord = (command: UnitCommand): UnitRecord => ({
  uid: command.unitUid,
  unit: command.unit,
  incarnation: command.incarnation,
  home: command.home,
  wanted: 'stopped',
  startedAt: null,
  bootDue: false,
  installed: false,
  init: 'none',
  rendered: {},
  effectDue: 'none',
  upgradeDue: false,
  gaveUp: null,
  held: null,
  process: null,
  ready: false,
  restarts: 0,
  generation: 0,
  lastSeq: 0,
  command,
});
