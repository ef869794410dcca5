import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import type { PendingJoinToken } from 'backstage-plugin-kubernetes-audit-common';
import { axe, toHaveNoViolations } from 'jest-axe';
import { AGENTS, fakeAuditApi, renderPage } from '../../__testUtils__';
import type { KubernetesAuditApi } from '../../api';
import { AgentsPage } from './AgentsPage';

expect.extend(toHaveNoViolations);

const PENDING: PendingJoinToken = {
  id: '019aa000-0000-7000-b000-00000000000a',
  name: 'edge-3',
  tags: { site: 'fra3' },
  clusters: ['edge-ber'],
  createdBy: 'user:default/admin',
  expiresAt: '2026-11-22T03:00:00.000Z',
};

function render(overrides: Partial<KubernetesAuditApi> = {}) {
  const api = fakeAuditApi({
    listAgents: async () => AGENTS,
    listJoinTokens: async () => [PENDING],
    ...overrides,
  });
  return { api, ...renderPage(<AgentsPage />, { api }) };
}

const rowOf = (table: string, name: string) => {
  const cell = within(screen.getByRole('table', { name: table })).getByRole(
    'cell',
    { name },
  );
  const cells = within(cell.closest('tr') as HTMLElement).getAllByRole('cell');
  return cells.map(({ textContent }) => textContent);
};

async function fillIn(values: { name: string; tags: string }) {
  const type = async (label: string, text: string) =>
    userEvent.type(await screen.findByRole('textbox', { name: label }), text);
  await type('Name', values.name);
  await type('Tags', values.tags);
  await type('Clusters', 'edge-ber, edge-*');
  await userEvent.click(
    screen.getByRole('button', { name: 'Make a join token' }),
  );
}

describe('AgentsPage', () => {
  it('shows proxies, tunnel agents, tunnels, and tokens that wait', async () => {
    const { container } = render();
    await screen.findByRole('cell', { name: 'edge-3' });
    expect(rowOf('Proxies', 'demo-proxy')).toEqual(
      expect.arrayContaining(['1.2.0', 'proxy-0', 'prod', '7', '2']),
    );
    expect(rowOf('Tunnel agents', 'edge-1')).toEqual(
      expect.arrayContaining([
        'Connected by 1 tunnel',
        'env=prod,site=fra1',
        'edge-*',
      ]),
    );
    expect(rowOf('Tunnel agents', 'edge-2')).toEqual(
      expect.arrayContaining(['Not connected', 'site=fra2']),
    );
    expect(rowOf('Tunnel agents', 'edge-4')).toContain('Draining');
    expect(rowOf('Tunnels', 'edge-1')).toEqual(
      expect.arrayContaining([
        'Connected',
        'edge-fra',
        'demo-proxy',
        '1.1.0',
        'bastion',
        '192.0.2.9',
        '12.3 ms',
        '3',
        '4',
      ]),
    );
    expect(rowOf('Join tokens that wait for an agent', 'edge-3')).toEqual(
      expect.arrayContaining(['site=fra3', 'edge-ber', 'user:default/admin']),
    );
    expect(await axe(container)).toHaveNoViolations();
  });

  it('makes a token, shows it once, and says how an agent is started with it', async () => {
    const issueJoinToken = jest.fn(async () => ({
      token: 'kubernetes-audit-join.abc',
      expiresAt: '2026-11-22T03:00:00.000Z',
    }));
    const { api, container } = render({ issueJoinToken });
    await fillIn({ name: 'edge-3', tags: 'site=fra3,env=prod' });
    expect(await screen.findByText('kubernetes-audit-join.abc')).toBeVisible();
    expect(issueJoinToken).toHaveBeenCalledWith({
      name: 'edge-3',
      tags: { site: 'fra3', env: 'prod' },
      clusters: ['edge-ber', 'edge-*'],
      lifetimeSeconds: 3600,
    });
    expect(api.listJoinTokens).toHaveBeenCalledTimes(2);
    expect(
      screen.getByText('kubernetes-audit-agent tunnel --config tunnel.yaml'),
    ).toBeVisible();
    expect(
      screen.getByRole('region', { name: 'tunnel.yaml' }),
    ).toHaveTextContent('url: https://proxy.example.com:6443');
    expect(screen.getByText(/in the place of each pattern/)).toBeVisible();
    expect(await axe(container)).toHaveNoViolations();

    await userEvent.click(screen.getByRole('radio', { name: 'In Kubernetes' }));
    expect(
      screen.getByRole('region', { name: 'values.yaml' }),
    ).toHaveTextContent('https://proxy.example.com:6443');
    expect(screen.getByText(/create secret generic/)).toBeVisible();
  });

  it('says what is wrong with a token that is asked for', async () => {
    const { api } = render({
      issueJoinToken: async () => {
        throw new Error('name: expected letters');
      },
    });
    await fillIn({ name: 'edge-2', tags: 'prod' });
    expect(screen.getByText(/edge-2 has joined already/)).toBeVisible();
    expect(await screen.findByRole('alert')).toHaveTextContent('key=value');
    expect(api.issueJoinToken).not.toHaveBeenCalled();
    await userEvent.type(screen.getByRole('textbox', { name: 'Tags' }), '=1');
    await userEvent.click(
      screen.getByRole('button', { name: 'Make a join token' }),
    );
    await waitFor(() =>
      expect(screen.getByRole('alert')).toHaveTextContent('expected letters'),
    );
  });

  it('takes a token back after a question', async () => {
    const { api } = render({ revokeJoinToken: async () => {} });
    await userEvent.click(
      await screen.findByRole('button', {
        name: 'Revoke the join token for edge-3',
      }),
    );
    const dialog = await screen.findByRole('dialog', {
      name: 'Revoke the join token for edge-3?',
    });
    expect(await axe(dialog)).toHaveNoViolations();
    await userEvent.click(
      within(dialog).getByRole('button', { name: 'Revoke' }),
    );
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    expect(api.revokeJoinToken).toHaveBeenCalledWith(PENDING.id);
    expect(api.listJoinTokens).toHaveBeenCalledTimes(2);
  });

  it('revokes an agent after it has said what that means', async () => {
    const { api } = render({ revokeTunnelAgent: async () => {} });
    await userEvent.click(
      await screen.findByRole('button', {
        name: 'Revoke the tunnel agent edge-1',
      }),
    );
    const dialog = await screen.findByRole('dialog', {
      name: 'Revoke the tunnel agent edge-1?',
    });
    expect(dialog).toHaveTextContent('cut its tunnels within seconds');
    expect(dialog).toHaveTextContent('edge-*');
    expect(api.revokeTunnelAgent).not.toHaveBeenCalled();
    await userEvent.click(
      within(dialog).getByRole('button', { name: 'Revoke' }),
    );
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    expect(api.revokeTunnelAgent).toHaveBeenCalledWith('edge-1');
    expect(api.listAgents).toHaveBeenCalledTimes(2);
  });

  it('stays where it is when an agent cannot be revoked, and says why', async () => {
    render({
      revokeTunnelAgent: async () => {
        throw new Error('the portal is down');
      },
    });
    await userEvent.click(
      await screen.findByRole('button', {
        name: 'Revoke the tunnel agent edge-2',
      }),
    );
    const dialog = await screen.findByRole('dialog');
    await userEvent.click(
      within(dialog).getByRole('button', { name: 'Revoke' }),
    );
    expect(await within(dialog).findByRole('alert')).toHaveTextContent(
      'the portal is down',
    );
  });

  it('offers nothing to who may only look, and says which permission that takes', async () => {
    const { api, container } = render({
      listAgents: async () => ({ ...AGENTS, mayManage: false }),
    });
    expect(
      await screen.findByText(/kubernetes-audit\.agent\.manage/),
    ).toBeVisible();
    expect(screen.queryByRole('button', { name: /^Revoke/ })).toBeNull();
    expect(
      screen.queryByRole('heading', { name: 'Let a tunnel agent join' }),
    ).toBeNull();
    expect(api.listJoinTokens).not.toHaveBeenCalled();
    expect(await axe(container)).toHaveNoViolations();
  });

  it('says so when there is none', async () => {
    render({
      listAgents: async () => ({ items: [], tunnels: [], mayManage: true }),
      listJoinTokens: async () => [],
    });
    expect(await screen.findByText('No proxy has reported yet')).toBeVisible();
    expect(screen.getByText('No tunnel agent has joined')).toBeVisible();
    expect(screen.queryByRole('heading', { name: 'Tunnels' })).toBeNull();
    expect(
      await screen.findByText('No join token waits for an agent.'),
    ).toBeVisible();
  });

  it('says so when no agent is connected', async () => {
    render({
      listAgents: async () => ({
        ...AGENTS,
        tunnels: AGENTS.tunnels.slice(1, 2),
      }),
    });
    expect(
      await screen.findByText('No tunnel agent is connected.'),
    ).toBeVisible();
  });

  it('says which permission is missing', async () => {
    const denied = Object.assign(new Error('no'), {
      name: 'NotAllowedError',
    });
    render({
      listAgents: async () => {
        throw denied;
      },
    });
    expect(await screen.findByRole('alert')).toHaveTextContent(
      'kubernetes-audit.agent.read',
    );
  });

  it('shows its shape while it waits', async () => {
    render({ listAgents: () => new Promise(() => {}) });
    expect(
      await screen.findByRole('status', { name: 'Loading…' }),
    ).toBeVisible();
  });
});
