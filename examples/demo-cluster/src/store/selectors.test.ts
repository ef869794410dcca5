import { parseSelectors } from './selectors';

const object = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    ...{ name: 'web', namespace: 'dev', uid: '1', resourceVersion: '1' },
    creationTimestamp: '2025-01-01T00:00:00Z',
    labels: { app: 'web', tier: 'front' },
  },
};

describe('parseSelectors', () => {
  it.each([
    ['labelSelector', 'app=web,tier==front', true],
    ['labelSelector', 'app!=web', false],
    ['labelSelector', 'app in (api, web),tier notin (back)', true],
    ['labelSelector', 'app in (api,worker)', false],
    ['labelSelector', 'app,!other', true],
    ['labelSelector', '!app', false],
    ['fieldSelector', 'metadata.name=web', true],
    ['fieldSelector', 'metadata.name=db', false],
    ['fieldSelector', 'metadata.namespace!=dev', false],
  ])('%s %s matches: %s', (key, selector, expected) => {
    const matches = parseSelectors(new URLSearchParams({ [key]: selector }));
    expect(matches(object)).toBe(expected);
  });

  it('refuses what it cannot read', () => {
    const query = new URLSearchParams({ labelSelector: 'a in (b' });
    expect(() => parseSelectors(query)).toThrow(
      expect.objectContaining({ code: 400 }),
    );
  });
});
