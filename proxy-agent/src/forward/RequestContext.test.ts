import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { parseRequestInfo } from '../request';
import { eventHead } from './RequestContext';
import { Stopwatch } from './Stopwatch';

const headOf = (url: string, groups: string[] = []) =>
  eventHead(new IncomingMessage(new Socket()), {
    clientIp: '127.0.0.1',
    startedAt: 0,
    stopwatch: Stopwatch.start(),
    clusterName: 'demo',
    url,
    isAuthenticated: true,
    info: parseRequestInfo('GET', url),
    impersonation: { user: 'jane', groups },
  });

describe('eventHead', () => {
  it('tells as many groups as any portal takes, and leaves out what everybody is in', () => {
    const groups = Array.from({ length: 256 }, (_, i) => `group-${i}`);
    expect(
      headOf('/version', [...groups, 'system:authenticated']).kubernetesGroups,
    ).toEqual(groups);
    expect(
      headOf('/version', ['a', 'system:authenticated']).kubernetesGroups,
    ).toEqual(['a', 'system:authenticated']);
  });

  it('shows no signed token, be it in the place of a name', () => {
    const token = 'eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhIn0.c2ln';
    const { resourceName, requestUri } = headOf(`/api/v1/nodes/${token}`);
    expect(resourceName).toBe('%5Bredacted%5D');
    expect(requestUri).toBe('/api/v1/nodes/%5Bredacted%5D');
  });
});
