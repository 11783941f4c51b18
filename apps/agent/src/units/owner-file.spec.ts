import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { tempDir } from '@yiqiu/testing';
import { claimHome, readOwner } from './owner-file.ts';

const owner = { unitUid: '018f0000-0000-7000-8000-000000000001', unit: 'cache/redis/0', incarnation: 1 };

describe('the home of a unit', () => {
  let temp: ReturnType<typeof tempDir>;
  let home: string;
  beforeEach(() => {
    temp = tempDir();
    home = join(temp.path, 'redis_6379');
  });
  afterEach(() => temp.remove());

  it('is claimed, and taken again by the same unit in its next incarnation', () => {
    claimHome(home, owner);
    expect(readOwner(home)).toEqual(owner);
    claimHome(home, { ...owner, incarnation: 2 });
    expect(readOwner(home)).toMatchObject({ incarnation: 2 });
  });

  it('is claimed where an agent was killed while it claimed it', () => {
    mkdirSync(home);
    writeFileSync(join(home, '..owner.new'), '{"unitUid":"01');
    expect(readOwner(home)).toBeNull();
    claimHome(home, owner);
    expect(readOwner(home)).toEqual(owner);
    expect(readdirSync(home)).toEqual(['.owner']);
  });

  it('is not taken from another unit, nor where something lies that is nobody’s', () => {
    claimHome(home, owner);
    expect(() => claimHome(home, { ...owner, unitUid: '018f0000-0000-7000-8000-000000000002' })).toThrow(
      /is that of cache\/redis\/0/,
    );
    const other = join(temp.path, 'other');
    mkdirSync(other);
    writeFileSync(join(other, 'precious'), '');
    expect(() => claimHome(other, owner)).toThrow(/not empty, and no unit's/);
    expect(readdirSync(other)).toEqual(['precious']);
  });
});
