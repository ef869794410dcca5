import { mockCredentials, mockServices } from '@backstage/backend-test-utils';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import { UserDirectory } from './UserDirectory';

const credentials = mockCredentials.user('user:default/jane');

function directoryOf(catalog: ReturnType<typeof catalogServiceMock.mock>) {
  const logger = mockServices.logger.mock();
  const users = UserDirectory.create({
    auth: mockServices.auth(),
    userInfo: mockServices.userInfo({
      ownershipEntityRefs: ['group:default/developers'],
    }),
    catalog,
    logger,
  });
  return { users, logger };
}

describe('UserDirectory', () => {
  it('counts the user itself among what it owns by', async () => {
    const { users } = directoryOf(catalogServiceMock.mock());
    expect(await users.getOwnershipEntityRefs(credentials)).toEqual([
      'user:default/jane',
      'group:default/developers',
    ]);
  });

  it('asks the catalog in the portal’s own name', async () => {
    const catalog = catalogServiceMock.mock({
      getEntityByRef: async () => ({
        apiVersion: 'backstage.io/v1alpha1',
        kind: 'User',
        metadata: { name: 'jane' },
        spec: { profile: { email: 'jane@example.com' } },
      }),
    });
    const { users } = directoryOf(catalog);
    expect((await users.getUser(credentials)).email).toBe('jane@example.com');
    expect(catalog.getEntityByRef).toHaveBeenCalledWith('user:default/jane', {
      credentials: expect.objectContaining({
        principal: expect.objectContaining({ type: 'service' }),
      }),
    });
  });

  it('does without a catalog that does not answer, or makes no sense', async () => {
    const broken = directoryOf(
      catalogServiceMock.mock({
        getEntityByRef: async () => {
          throw new Error('down');
        },
      }),
    );
    const expected = {
      entityRef: 'user:default/jane',
      ownershipEntityRefs: ['user:default/jane', 'group:default/developers'],
    };
    expect(await broken.users.getUser(credentials)).toEqual(expected);
    expect(broken.logger.warn).toHaveBeenCalledWith(
      'The catalog could not be asked for user:default/jane',
      { cause: 'Error: down' },
    );
    const odd = directoryOf(
      catalogServiceMock.mock({
        getEntityByRef: async () => ({
          apiVersion: 'x',
          kind: 'User',
          metadata: { name: 'jane' },
          spec: { profile: 'none' },
        }),
      }),
    );
    expect(await odd.users.getUser(credentials)).toEqual(expected);
  });
});
