import { applyPatch } from './patch';

const STRATEGIC = 'application/strategic-merge-patch+json';
const MERGE = 'application/merge-patch+json';
const JSON_PATCH = 'application/json-patch+json';

const containers = [
  { name: 'main', image: 'a', env: [{ name: 'A', value: '1' }] },
  { name: 'side', image: 'b' },
];

describe('applyPatch', () => {
  it('merges containers by name when strategic', () => {
    const patch = { containers: [{ name: 'side', image: 'c' }] };
    expect(applyPatch(STRATEGIC, { containers }, patch)).toEqual({
      containers: [containers[0], { name: 'side', image: 'c' }],
    });
  });

  it('replaces lists when it is a merge patch', () => {
    const patch = { containers: [{ name: 'side' }] };
    expect(applyPatch(MERGE, { containers }, patch)).toEqual(patch);
  });

  it('deletes list items and keys that a strategic patch marks', () => {
    const patch = {
      $setElementOrder$containers: ['main'],
      containers: [{ name: 'side', $patch: 'delete' }],
      labels: null,
    };
    const target = { containers, labels: { a: '1' } };
    expect(applyPatch(STRATEGIC, target, patch)).toEqual({
      containers: [containers[0]],
    });
  });

  it('drops the keys that $retainKeys does not name', () => {
    const patch = { strategy: { $retainKeys: ['type'], type: 'Recreate' } };
    const target = { strategy: { type: 'RollingUpdate', rollingUpdate: {} } };
    expect(applyPatch(STRATEGIC, target, patch)).toEqual({
      strategy: { type: 'Recreate' },
    });
  });

  it('applies a JSON patch to a copy', () => {
    const target = { data: { a: '1', 'b/c': '2' }, list: ['x', 'z'] };
    const before = structuredClone(target);
    const patched = applyPatch(JSON_PATCH, target, [
      { op: 'test', path: '/data/a', value: '1' },
      { op: 'move', from: '/data/b~1c', path: '/data/d' },
      { op: 'replace', path: '/data/a', value: '3' },
      { op: 'add', path: '/list/1', value: 'y' },
      { op: 'remove', path: '/list/0' },
    ]);
    expect(patched).toEqual({ data: { a: '3', d: '2' }, list: ['y', 'z'] });
    expect(target).toEqual(before);
  });

  it.each([
    [{ op: 'test', path: '/data/a', value: 'other' }],
    [{ op: 'remove', path: '/data/missing' }],
    [{ op: 'replace', path: '/missing/a', value: '1' }],
  ])('refuses %j', operation => {
    const target = { data: { a: '1' } };
    expect(() => applyPatch(JSON_PATCH, target, [operation])).toThrow(
      expect.objectContaining({ code: 422 }),
    );
  });

  it('refuses a patch of another type', () => {
    expect(() => applyPatch('application/json', {}, {})).toThrow(
      expect.objectContaining({ code: 415 }),
    );
  });
});
