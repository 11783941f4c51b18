import { describe, expect, it } from '@jest/globals';
import { parseAnsibleLog } from './ansible-log.ts';

const stars = '*'.repeat(20);
const log = [
  `2026-11-24 22:00:00,100 p=41 u=root n=ansible | PLAY [machines] ${stars}`,
  `2026-11-24 22:00:00,250 p=41 u=root n=ansible | TASK [directories] ${stars}`,
  '2026-11-24 22:00:01,250 p=41 u=root n=ansible | changed: [h1]',
  `2026-11-24 22:00:01,300 p=41 u=root n=ansible | TASK [install hook] ${stars}`,
  '2026-11-24 22:00:03,000 p=41 u=root n=ansible | changed: [h1] => (item=0)',
  `2026-11-24 22:00:03,250 p=41 u=root n=ansible | PLAY RECAP ${stars}`,
  '2026-11-24 22:00:03,251 p=41 u=root n=ansible | h1 : ok=2 changed=2 failed=0',
  '',
].join('\n');

describe('the log of a playbook', () => {
  it('says how long it and each task took, from the first task on', () => {
    expect(parseAnsibleLog(log)).toEqual({
      wallMs: 3_000,
      tasks: [
        { name: 'directories', ms: 1_050 },
        { name: 'install hook', ms: 1_950 },
      ],
    });
  });

  it('is of no use where it breaks off', () => {
    expect(() => parseAnsibleLog(log.split('\n').slice(0, 4).join('\n'))).toThrow('did not come to its end');
    expect(() => parseAnsibleLog('')).toThrow('did not come to its end');
  });
});
