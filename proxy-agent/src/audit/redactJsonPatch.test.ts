import { redactBody } from './redactBody';
import type { BodyResource } from './sensitiveKinds';

const HIDDEN = '[redacted]';
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

const of = (
  resource: string,
  subresource = '',
  apiGroup = '',
): BodyResource => ({
  apiGroup,
  resource,
  subresource,
});
const secrets = of('secrets');
const pods = of('pods');
const reviews = of('tokenreviews', '', 'authentication.k8s.io');
const csrs = of('certificatesigningrequests', '', 'certificates.k8s.io');

const redact = (body: unknown, resource: BodyResource, maxEntries = 1000) =>
  redactBody(body, resource, maxEntries);

describe('redactBody of a JSON patch', () => {
  const pointer = LAST_APPLIED.replace('/', '~1');
  const nested = JSON.stringify({ kind: 'Secret', data: { a: 'x' } });
  const nestedShown = JSON.stringify({ kind: 'Secret', data: { a: HIDDEN } });

  it.each<[string, unknown, unknown, BodyResource]>([
    ['/data/a', 'x', HIDDEN, secrets],
    ['/data', { a: 'x' }, { a: HIDDEN }, secrets],
    ['/stringData/a', 'x', HIDDEN, secrets],
    ['/stringData/a', 'x', HIDDEN, pods],
    ['', { data: { a: 'x' } }, { data: { a: HIDDEN } }, secrets],
    ['', { kind: 'Secret', data: 'x' }, { kind: 'Secret', data: HIDDEN }, pods],
    ['', 'x', HIDDEN, secrets],
    ['/items/0', { data: { a: 'x' } }, { data: HIDDEN }, secrets],
    ['/items/0/data/a', 'x', HIDDEN, secrets],
    ['/unknown', 'x', HIDDEN, secrets],
    ['data/a', 'x', HIDDEN, secrets],
    ['data/a', 'x', HIDDEN, pods],
    ['/spec/token', 'x', HIDDEN, reviews],
    ['/spec/audiences', ['y'], ['y'], reviews],
    ['/status/certificate', 'x', HIDDEN, csrs],
    ['/type', 'Opaque', 'Opaque', secrets],
    ['/metadata/labels/a', 'y', 'y', secrets],
    ['/metadata/finalizers/-', 'y', 'y', secrets],
    ['/metadata/annotations/team', 'y', 'y', secrets],
    [`/metadata/annotations/${pointer}`, 'x', HIDDEN, pods],
    [`/metadata/annotations/${pointer}`, nested, nestedShown, pods],
    [
      '/metadata/annotations',
      { [LAST_APPLIED]: nested },
      { [LAST_APPLIED]: nestedShown },
      pods,
    ],
    ['/data/a', 'y', 'y', of('configmaps')],
    ['/spec/replicas', 3, 3, of('deployments')],
  ])('%s', (path, value, shown, resource) => {
    for (const op of ['add', 'replace', 'test']) {
      expect(redact([{ op, path, value }], resource)).toEqual([
        { op, path, value: shown },
      ]);
    }
  });

  it('shows operations without a value, and hides what is no operation', () => {
    expect(
      redact(
        [
          { op: 'move', from: '/data/a', path: '/data/b' },
          { op: 'remove', path: '/data/b', extra: 'x' },
          { op: { a: 'x' }, path: '/type', value: 'y' },
          { op: 'add', path: ['x'], value: 'x' },
          { data: { a: 'x' } },
          'x',
          ['x'],
        ],
        secrets,
      ),
    ).toEqual([
      { op: 'move', from: '/data/a', path: '/data/b' },
      { op: 'remove', path: '/data/b', extra: HIDDEN },
      { op: HIDDEN, path: '/type', value: 'y' },
      { op: 'add', path: HIDDEN, value: HIDDEN },
      { data: { a: HIDDEN } },
      HIDDEN,
      [HIDDEN],
    ]);
  });
});
