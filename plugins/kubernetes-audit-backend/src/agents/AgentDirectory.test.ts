import { mockCredentials, TestDatabases } from '@backstage/backend-test-utils';
import { AgentHeartbeat } from 'backstage-plugin-kubernetes-audit-common';
import { migratedDatabase } from '../__testUtils__/migratedDatabase';
import type { Authorizer } from '../authorization';
import { Agent } from './Agent';
import { AgentDirectory } from './AgentDirectory';
import { DatabaseHeartbeatStore } from './HeartbeatStore';

jest.setTimeout(60_000);

const heartbeat = (
  clusters: string[],
  overrides: Partial<AgentHeartbeat> = {},
): AgentHeartbeat => ({
  kind: 'proxy',
  version: '1.0.0',
  publicUrl: 'https://proxy.example.com:6443/',
  clusters: clusters.map(name => ({ name, tags: {} })),
  ...overrides,
});
const everybody: Authorizer = {
  isAllowed: async () => true,
  require: async () => {},
  visible: async () => undefined,
};

describe('AgentDirectory', () => {
  const databases = TestDatabases.create({ ids: ['POSTGRES_18', 'SQLITE_3'] });

  describe.each(databases.eachSupportedId())('%p', databaseId => {
    async function setUp() {
      const knex = await migratedDatabase(databases, databaseId);
      let now = Date.parse('2026-11-22T02:00:00.000Z');
      const a = { id: 'a', subject: 'agent:a', clusters: ['dev-*'] };
      const b = { id: 'b', subject: 'agent:b', clusters: ['*'] };
      const options = {
        heartbeats: DatabaseHeartbeatStore.create({ knex, now: () => now }),
        authorizer: everybody,
      };
      return {
        directory: AgentDirectory.create({ ...options, agents: [a, b] }),
        tagging: AgentDirectory.create({
          ...options,
          agents: [b],
          clusters: [{ name: 'prod', tags: { env: 'prod', tier: '1' } }],
        }),
        withoutB: AgentDirectory.create({ ...options, agents: [a] }),
        pinning: AgentDirectory.create({
          ...options,
          agents: [{ ...a, publicUrl: 'https://pinned.example.com/' }],
        }),
        a: Agent.fromConfig(a),
        b: Agent.fromConfig(b),
        pass: (milliseconds: number) => {
          now += milliseconds;
        },
        at: () => new Date(now),
      };
    }

    it('keeps the last heartbeat of each agent', async () => {
      const { directory, a, b, pass } = await setUp();
      await directory.announce(b, heartbeat(['prod']));
      await directory.announce(a, heartbeat(['dev-1']));
      pass(10_000);
      await directory.announce(a, heartbeat(['dev-2'], { version: '1.0.1' }));
      expect(await directory.list(mockCredentials.user())).toEqual([
        {
          ...heartbeat(['dev-2'], { version: '1.0.1' }),
          id: 'a',
          workers: 1,
          lastSeenAt: '2026-11-22T02:00:10.000Z',
        },
        {
          ...heartbeat(['prod']),
          id: 'b',
          workers: 1,
          lastSeenAt: '2026-11-22T02:00:00.000Z',
        },
      ]);
    });

    it('tells of the workers of an agent as of one, and forgets those that are gone', async () => {
      const { directory, a, pass } = await setUp();
      const announce = (worker: number, bundleVersion: number, depth: number) =>
        directory.announce(
          a,
          heartbeat(['dev-1'], {
            worker,
            bundleVersion,
            spool: {
              epoch: `0190b5e8-0000-7000-8000-00000000000${worker}`,
              depth,
              bytes: 100,
            },
          }),
        );
      await announce(1, 7, 3);
      await announce(2, 5, 4);
      pass(10_000);
      await announce(1, 8, 2);
      const status = {
        ...heartbeat(['dev-1']),
        id: 'a',
        lastSeenAt: '2026-11-22T02:00:10.000Z',
      };
      expect(await directory.list(mockCredentials.user())).toEqual([
        {
          ...status,
          workers: 2,
          bundleVersion: 5,
          spool: { depth: 6, bytes: 200 },
        },
      ]);

      pass(60_000);
      await announce(1, 8, 2);
      expect(await directory.list(mockCredentials.user())).toEqual([
        {
          ...status,
          lastSeenAt: '2026-11-22T02:01:10.000Z',
          workers: 1,
          bundleVersion: 8,
          spool: { depth: 2, bytes: 100 },
        },
      ]);
    });

    it('tells of tunnels while their proxy is heard of, also where it is the only one', async () => {
      const { directory, b, pass, at } = await setUp();
      const tunnel = {
        name: 'edge-1',
        version: '1.0.0',
        connectedAt: '2026-11-22T01:00:00.000Z',
        clusters: [],
        streams: 0,
        receivedBytes: 0,
        sentBytes: 0,
        reconnects: 0,
        draining: false,
      };
      await directory.announce(b, heartbeat(['prod'], { tunnels: [tunnel] }));
      const connections = () =>
        directory.tunnelConnections(mockCredentials.user(), at());
      pass(59_000);
      expect(await connections()).toEqual([{ ...tunnel, proxy: 'b' }]);
      pass(1000);
      expect(await connections()).toEqual([]);
    });

    it('refuses an announcement of a cluster that the agent is not bound to', async () => {
      const { directory, a } = await setUp();
      await expect(
        directory.announce(a, heartbeat(['dev-1', 'prod'])),
      ).rejects.toThrow('Agent a is not bound to the cluster "prod"');
      expect(await directory.list(mockCredentials.user())).toEqual([]);
    });

    it('names for each cluster the agent that was seen last, of the right proxy group', async () => {
      const { directory, a, b, pass } = await setUp();
      await directory.announce(
        b,
        heartbeat(['dev-1', 'zoo'], { publicUrl: 'https://old.example.com' }),
      );
      pass(1000);
      await directory.announce(a, heartbeat(['dev-1', 'dev-2']));
      const urls = async (group: string) =>
        (await directory.servedClusters(group)).map(
          ({ name, proxyUrl }) => `${name} ${proxyUrl}`,
        );
      expect(await urls('default')).toEqual([
        'dev-1 https://proxy.example.com:6443',
        'dev-2 https://proxy.example.com:6443',
        'zoo https://old.example.com',
      ]);
      expect(await urls('edge')).toEqual([]);
      await directory.announce(a, heartbeat(['dev-1'], { proxyGroup: 'edge' }));
      expect(await urls('edge')).toHaveLength(1);
    });

    it('sends users where the portal says, whatever the agent says', async () => {
      const { pinning, a } = await setUp();
      await pinning.announce(
        a,
        heartbeat(['dev-1'], { publicUrl: 'https://elsewhere.example.com' }),
      );
      expect(await pinning.servedClusters('default')).toMatchObject([
        { name: 'dev-1', proxyUrl: 'https://pinned.example.com' },
      ]);
    });

    it("prefers the portal's tags of a cluster to those that are announced", async () => {
      const { tagging, b } = await setUp();
      const tags = { env: 'dev', region: 'eu' };
      await tagging.announce(b, {
        ...heartbeat([]),
        clusters: ['prod', 'zoo'].map(name => ({ name, tags })),
      });
      expect(await tagging.servedClusters('default')).toMatchObject([
        { name: 'prod', tags: { env: 'prod', region: 'eu', tier: '1' } },
        { name: 'zoo', tags },
      ]);
      const [{ clusters }] = await tagging.list(mockCredentials.user());
      expect(clusters[0].tags).toEqual(tags);
    });

    it('does not name clusters of agents that the configuration no longer has', async () => {
      const { directory, withoutB, b } = await setUp();
      await directory.announce(b, heartbeat(['prod']));
      expect(await directory.servedClusters('default')).toHaveLength(1);
      expect(await withoutB.servedClusters('default')).toEqual([]);
    });
  });
});
