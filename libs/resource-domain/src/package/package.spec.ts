import { describe, expect, test } from '@jest/globals';
import { given, testUuid } from '@yiqiu/testing';
import { resourceDomain } from '../context.ts';
import { small } from '../events.fixture.ts';

const created = {
  stream: `package/${testUuid(1)}`,
  type: 'PackageCreated',
  version: 1,
  data: { uid: testUuid(1), ...small.data },
} as const;

describe('package', () => {
  test('is created', () => {
    given(resourceDomain)
      .when(small)
      .then([created])
      .answers({ uid: testUuid(1), changed: true });
  });

  test('the same again changes nothing', () => {
    given(resourceDomain, [created])
      .when(small)
      .then([])
      .answers({ uid: testUuid(1), changed: false });
  });

  test('never changes: another content is refused with what it has', () => {
    const error = given(resourceDomain, [created])
      .when({ ...small, data: { ...small.data, ports: 5, pricePerHour: '2' } })
      .refused('package-exists');
    expect(error).toMatchObject({
      kind: 'conflict',
      errors: [
        { field: 'ports', value: 5, allowed: 4 },
        { field: 'pricePerHour', value: '2', allowed: '0.01' },
      ],
    });
  });
});
