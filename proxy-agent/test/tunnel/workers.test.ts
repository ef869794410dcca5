import { AgentBinary } from '../faults/AgentBinary';
import { FaultRig } from '../faults/FaultRig';
import { until } from '../TestProxy';
import { TestAgent } from './TestAgent';

jest.setTimeout(90_000);

describe('a tunnel to a proxy with two workers', () => {
  let binary: AgentBinary;
  let rig: FaultRig;
  let agent: TestAgent;

  const statusOf = async (namespace: string) => {
    // A connection of its own: the workers take them in turn.
    const answer = await fetch(
      `${rig.url}/api/v1/namespaces/${namespace}/pods`,
      {
        method: 'POST',
        body: '{}',
        headers: { authorization: `Bearer ${rig.token}`, connection: 'close' },
      },
    );
    await answer.arrayBuffer();
    return answer.status;
  };

  /** The worker that does not hold the tunnel learns of it a little later; they take connections in turn. */
  const carriedByBoth = () =>
    until(async () => {
      for (let i = 0; i < 4; i++) {
        if ((await statusOf('first').catch(() => 0)) !== 201) {
          return false;
        }
      }
      return true;
    }, 'calls by both workers');

  /** Kills a worker, and waits until all is well again. */
  const outlive = async (worker: number) => {
    const before = agent.state.begun;
    process.kill(worker, 'SIGKILL');
    await rig.process.until(
      async () => (await rig.process.ask('/readyz'))?.ok === false,
      '/readyz to say it',
    );
    await rig.process.ready();
    await until(() => agent.state.tunnels === 1, 'the tunnel');
    await carriedByBoth();
    const statuses = [];
    for (let i = 0; i < 8; i++) {
      statuses.push(await statusOf(`after-${worker}-${i}`));
    }
    expect(statuses).toEqual(Array(8).fill(201));
    expect(agent.state.begun).toBeGreaterThanOrEqual(before);
  };

  beforeAll(async () => {
    binary = await AgentBinary.create();
  });
  afterAll(() => binary.remove());
  beforeEach(async () => {
    rig = await FaultRig.create(binary, {
      config: {
        workers: 2,
        clusters: [{ name: 'demo', tunnel: { tags: { site: 'fra1' } } }],
      },
    });
    await rig.start();
    agent = await TestAgent.start({
      proxies: [{ url: `http://127.0.0.1:${rig.port}` }],
      joinToken: rig.portal.issueJoinToken('edge-1', { site: 'fra1' }),
      clusters: [{ name: 'demo', endpoint: rig.api.url }],
      drainTimeout: '2s',
    });
  });
  afterEach(async () => {
    await agent.stop();
    await rig.stop();
  });

  it('ends in one of them and carries the calls of both', async () => {
    await carriedByBoth();
    const statuses = [];
    for (let i = 0; i < 20; i++) {
      statuses.push(await statusOf(`call-${i}`));
    }
    expect(statuses).toEqual(Array(20).fill(201));
    expect(agent.state.tunnels).toBe(1);
    await rig.delivered();
    expect(rig.store.spools.size).toBe(2);
    const rows = rig.store.rowsByNamespace();
    expect(rows.get('call-0')).toMatchObject([
      { tunnelAgentName: 'edge-1', tunnelTag: 'site=fra1' },
    ]);
  });

  it('begins again in another one when that one dies, and the one that is started anew learns of it', async () => {
    await carriedByBoth();
    for (const worker of rig.process.workers) {
      await outlive(worker);
    }
    // One of the two has held it.
    expect(agent.state.begun).toBeGreaterThanOrEqual(2);
  });
});
