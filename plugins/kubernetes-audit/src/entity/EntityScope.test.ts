import type { Entity } from '@backstage/catalog-model';
import { entityScopeOf } from './EntityScope';
import { isKubernetesCallsAvailable } from './isKubernetesCallsAvailable';

const entityWith = (annotations?: Record<string, string>): Entity => ({
  apiVersion: 'backstage.io/v1alpha1',
  kind: 'Component',
  metadata: { name: 'payments', annotations },
});

const ID = 'backstage.io/kubernetes-id';
const NAMESPACE = 'backstage.io/kubernetes-namespace';
const SELECTOR = 'backstage.io/kubernetes-label-selector';
const CLUSTER = 'backstage.io/kubernetes-cluster';

describe('entityScopeOf', () => {
  it.each([
    [{ [ID]: 'payments' }, { names: ['payments'] }],
    [{ [NAMESPACE]: 'prod' }, { namespace: 'prod', names: [] }],
    [
      { [ID]: ' payments ', [NAMESPACE]: 'prod', [CLUSTER]: 'eu' },
      { names: ['payments'], namespace: 'prod', clusterName: 'eu' },
    ],
    [{ [SELECTOR]: 'app=payments' }, { names: ['payments'] }],
    [
      {
        [ID]: 'payments',
        [SELECTOR]:
          'app.kubernetes.io/name == payments, app.kubernetes.io/instance=pay-eu',
      },
      { names: ['payments', 'pay-eu'] },
    ],
  ])('reads %j', (annotations, scope) => {
    expect(entityScopeOf(entityWith(annotations))).toEqual(scope);
    expect(isKubernetesCallsAvailable(entityWith(annotations))).toBe(true);
  });

  it.each([
    'app!=payments',
    'env=prod',
    'app in (payments, pay)',
    'app',
    '!app',
  ])(
    'takes no name from the selector %s, and not the whole namespace instead',
    selector => {
      const entity = entityWith({ [SELECTOR]: selector, [NAMESPACE]: 'prod' });
      expect(entityScopeOf(entity)).toBeUndefined();
      expect(isKubernetesCallsAvailable(entity)).toBe(true);
    },
  );

  it.each<Record<string, string> | undefined>([
    undefined,
    {},
    { [ID]: ' ' },
    { [CLUSTER]: 'eu' },
    { 'backstage.io/techdocs-ref': 'dir:.' },
  ])('finds nothing of Kubernetes in %j', annotations => {
    expect(entityScopeOf(entityWith(annotations))).toBeUndefined();
    expect(isKubernetesCallsAvailable(entityWith(annotations))).toBe(false);
  });
});
