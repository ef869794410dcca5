import type { BackstageCredentials } from '@backstage/backend-plugin-api';
import { mockCredentials, mockServices } from '@backstage/backend-test-utils';
import type { Request } from 'express';
import { AgentAuthenticator } from './AgentAuthenticator';

const agents = [
  { id: 'a', subject: 'agent:a', clusters: ['dev-*'] },
  { id: 'b', subject: 'agent:b', clusters: ['*'] },
];

async function authenticate(
  defaultCredentials: BackstageCredentials,
  agentId: string | undefined,
) {
  const httpAuth = mockServices.httpAuth({ defaultCredentials });
  // All that is read of a request.
  const request = { headers: {}, get: () => agentId } as unknown as Request;
  return AgentAuthenticator.create({ httpAuth, agents }).authenticate(request);
}

describe('AgentAuthenticator', () => {
  it('knows an agent by its subject and the id that it sends', async () => {
    const agent = await authenticate(mockCredentials.service('agent:a'), 'a');
    expect(agent.id).toBe('a');
    expect(agent.mayServe('dev-1')).toBe(true);
    expect(agent.mayServe('prod')).toBe(false);
  });

  it('refuses the id of another agent', async () => {
    await expect(
      authenticate(mockCredentials.service('agent:a'), 'b'),
    ).rejects.toThrow(expect.objectContaining({ name: 'NotAllowedError' }));
  });

  it('refuses users', async () => {
    await expect(authenticate(mockCredentials.user(), 'a')).rejects.toThrow(
      expect.objectContaining({ name: 'NotAllowedError' }),
    );
  });

  it('asks for an id', async () => {
    await expect(
      authenticate(mockCredentials.service('agent:a'), undefined),
    ).rejects.toThrow('X-Agent-Id is missing');
  });

  it.each(['plugin:catalog', 'external:agent:a', 'agent:', 'agent:aa'])(
    'refuses the service %s',
    async subject => {
      await expect(
        authenticate(mockCredentials.service(subject), 'a'),
      ).rejects.toThrow(expect.objectContaining({ name: 'NotAllowedError' }));
    },
  );

  it.each([
    { permissionNames: ['catalog.entity.read'] },
    { permissionAttributes: { action: ['read' as const] } },
  ])('refuses a credential that is restricted to %j', async restrictions => {
    await expect(
      authenticate(mockCredentials.service('agent:a', restrictions), 'a'),
    ).rejects.toThrow('restricted to permissions');
  });
});
