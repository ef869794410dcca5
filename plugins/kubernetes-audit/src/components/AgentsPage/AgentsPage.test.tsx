import { screen, within } from '@testing-library/react';
import type { AgentList } from 'backstage-plugin-kubernetes-audit-common';
import { axe, toHaveNoViolations } from 'jest-axe';
import { fakeAuditApi, renderPage } from '../../__testUtils__';
import { AgentsPage } from './AgentsPage';

expect.extend(toHaveNoViolations);

const AGENTS: AgentList = {
  items: [
    {
      id: 'demo-proxy',
      kind: 'proxy',
      version: '1.2.0',
      hostName: 'proxy-0',
      publicUrl: 'https://proxy.example.com:6443',
      clusters: [{ name: 'prod', tags: {} }],
      lastSeenAt: '2026-11-22T02:00:00.000Z',
      workers: 2,
      spool: { depth: 7, bytes: 4096 },
      tunnels: [],
    },
  ],
  tunnels: [
    {
      name: 'edge-1',
      tags: { site: 'fra1', env: 'prod' },
      clusters: ['edge-*'],
      joinedAt: '2026-11-22T01:00:00.000Z',
      connections: [
        {
          name: 'edge-1',
          proxy: 'demo-proxy',
          version: '1.1.0',
          hostName: 'bastion',
          connectedAt: '2026-11-22T01:00:00.000Z',
          clusters: [{ name: 'edge-fra', tags: {} }],
          roundTripMs: 12.34,
          streams: 3,
          receivedBytes: 2048,
          sentBytes: 1024,
          reconnects: 4,
          draining: false,
        },
      ],
    },
    {
      name: 'edge-2',
      tags: { site: 'fra2' },
      clusters: ['*'],
      joinedAt: '2026-11-22T01:00:00.000Z',
      connections: [],
    },
  ],
};

const rowOf = (table: string, name: string) => {
  const cell = within(screen.getByRole('table', { name: table })).getByRole(
    'cell',
    { name },
  );
  const cells = within(cell.closest('tr') as HTMLElement).getAllByRole('cell');
  return cells.map(({ textContent }) => textContent);
};

describe('AgentsPage', () => {
  it('shows proxies, tunnels, and agents that are away', async () => {
    const { container } = renderPage(<AgentsPage />, {
      api: fakeAuditApi({ listAgents: async () => AGENTS }),
    });
    await screen.findByRole('cell', { name: 'edge-2' });
    expect(rowOf('Proxies', 'demo-proxy')).toEqual(
      expect.arrayContaining(['1.2.0', 'proxy-0', 'prod', '7', '2']),
    );
    expect(rowOf('Tunnels', 'edge-1')).toEqual(
      expect.arrayContaining([
        'Connected',
        'env=prod,site=fra1',
        'edge-fra',
        'demo-proxy',
        '1.1.0',
        'bastion',
        '12.3 ms',
        '3',
        '4',
      ]),
    );
    expect(rowOf('Tunnels', 'edge-2')).toEqual(
      expect.arrayContaining(['Not connected', 'site=fra2', '–']),
    );
    expect(await axe(container)).toHaveNoViolations();
  });

  it('says so when there is none', async () => {
    renderPage(<AgentsPage />, {
      api: fakeAuditApi({
        listAgents: async () => ({ items: [], tunnels: [] }),
      }),
    });
    expect(await screen.findByText('No proxy has reported yet')).toBeVisible();
    expect(screen.getByText('No tunnel agent has joined')).toBeVisible();
  });

  it('says which permission is missing', async () => {
    const denied = Object.assign(new Error('no'), {
      name: 'NotAllowedError',
    });
    renderPage(<AgentsPage />, {
      api: fakeAuditApi({
        listAgents: async () => {
          throw denied;
        },
      }),
    });
    expect(await screen.findByRole('alert')).toHaveTextContent(
      'kubernetes-audit.agent.read',
    );
  });
});
