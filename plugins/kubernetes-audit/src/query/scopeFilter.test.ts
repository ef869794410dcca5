import { narrowed, toRecordingFilter, toRequestFilter } from './scopeFilter';

describe('the filter of a scope', () => {
  it('asks for objects by name and by the beginning of their name, where they are', () => {
    const scope = {
      clusterName: 'eu',
      namespace: 'prod',
      names: ['payments', 'pay'],
    };
    expect(toRequestFilter(scope)).toEqual({
      $all: [
        { clusterName: 'eu' },
        { namespace: 'prod' },
        {
          $any: [
            { resourceName: { $in: ['payments', 'pay'] } },
            { resourceName: { $hasPrefix: 'payments-' } },
            { resourceName: { $hasPrefix: 'pay-' } },
          ],
        },
      ],
    });
  });

  it('asks for recordings by the name of the pod', () => {
    expect(toRecordingFilter({ names: ['payments'] })).toEqual({
      $all: [
        {
          $any: [
            { podName: { $in: ['payments'] } },
            { podName: { $hasPrefix: 'payments-' } },
          ],
        },
      ],
    });
  });

  it('asks for all of a namespace where there is no name', () => {
    expect(toRequestFilter({ namespace: 'prod', names: [] })).toEqual({
      $all: [{ namespace: 'prod' }],
    });
  });

  it('goes with the conditions of a list, not in their place', () => {
    expect(narrowed({ a: 1 }, { b: 2 })).toEqual({
      $all: [{ a: 1 }, { b: 2 }],
    });
    expect(narrowed({ a: 1 }, undefined)).toEqual({ a: 1 });
    expect(narrowed(undefined, { b: 2 })).toEqual({ b: 2 });
    expect(narrowed(undefined, undefined)).toBeUndefined();
  });
});
