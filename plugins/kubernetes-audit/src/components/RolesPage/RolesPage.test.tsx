import { act, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { NotAllowedError } from '@backstage/errors';
import {
  DecisionResponse,
  roleSchema,
  RolesResponse,
} from 'backstage-plugin-kubernetes-audit-common';
import { axe, toHaveNoViolations } from 'jest-axe';
import { fakeAuditApi, renderPage } from '../../__testUtils__';
import type { KubernetesAuditApi } from '../../api';
import { RolesPage } from './RolesPage';

expect.extend(toHaveNoViolations);

const VERSION = Date.parse('2026-11-22T02:00:00.000Z');
const ROLES: RolesResponse = {
  roles: [
    {
      role: roleSchema.parse({
        name: 'developer',
        subjects: ['group:default/developers', 'group:default/gone'],
        clusters: { tags: { env: 'dev*' } },
        rules: [
          { effect: 'allow', resources: ['pods'], verbs: ['get'] },
          { effect: 'deny', resources: ['secrets'], verbs: ['*'] },
        ],
      }),
      clusters: ['dev-1'],
      subjects: [
        {
          entityRef: 'group:default/developers',
          displayName: 'Developers',
          isKnown: true,
          members: ['user:default/jane'],
          memberCount: 3,
        },
        { entityRef: 'group:default/gone', isKnown: false },
      ],
    },
  ],
  bundleVersion: VERSION,
  proxies: [
    {
      id: 'new',
      lastSeenAt: '2026-11-22T03:00:00.000Z',
      bundleVersion: VERSION,
    },
    {
      id: 'old',
      lastSeenAt: '2026-11-22T01:00:00.000Z',
      bundleVersion: VERSION - 1000,
    },
    { id: 'none', lastSeenAt: '2026-11-22T01:00:00.000Z' },
  ],
  clusters: ['dev-1'],
};

function render(overrides: Partial<KubernetesAuditApi> = {}) {
  const api = fakeAuditApi({ getRoles: async () => ROLES, ...overrides });
  return { api, ...renderPage(<RolesPage />, { api }) };
}

const rowOf = (name: string) =>
  screen.getByRole('cell', { name }).closest('tr') as HTMLElement;

describe('RolesPage', () => {
  it('shows who is in a role, and which proxies decide by it', async () => {
    const { container } = render();
    const card = (await screen.findByRole('heading', { name: 'developer' }))
      .parentElement as HTMLElement;
    expect(card).toHaveTextContent('Developers (group:default/developers)');
    expect(card).toHaveTextContent('3 members: user:default/jane and 2 more');
    expect(card).toHaveTextContent('group:default/gone is not in the catalog');
    expect(card).toHaveTextContent('dev-1 (env=dev*)');
    expect(rowOf('new')).toHaveTextContent('Up to date');
    expect(rowOf('old')).toHaveTextContent('Older than the portal’s');
    expect(rowOf('none')).toHaveTextContent('Has no policy yet');
    expect(await axe(container)).toHaveNoViolations();
  });

  it.each([
    [{ record: true }, 'Of what is typed only what the terminal shows is.'],
    [
      { record: true, recordInput: true },
      'What is typed in a terminal is, too, secrets masked.',
    ],
    [
      { record: true, recordInput: 'all' },
      'What is typed in a terminal or piped in is, too, secrets masked.',
    ],
    [
      { record: false, recordInput: true },
      'Sessions in pods are not recorded. They end after 15m',
    ],
  ])('says what is recorded of sessions with %j', async (session, text) => {
    const [detail] = ROLES.roles;
    const role = roleSchema.parse({ ...detail.role, session });
    render({
      getRoles: async () => ({ ...ROLES, roles: [{ ...detail, role }] }),
    });
    const card = (await screen.findByRole('heading', { name: 'developer' }))
      .parentElement as HTMLElement;
    expect(card).toHaveTextContent(text);
  });

  it('asks what a user may do, and points out the rule', async () => {
    const { api } = render({
      explainDecision: async () => ({
        allowed: false,
        reason: 'denied by rule 2',
        role: 'developer',
        rule: 2,
        subjects: ['user:default/jane'],
        roles: ['developer'],
        isServed: true,
      }),
    });
    await userEvent.type(
      await screen.findByRole('textbox', { name: 'User' }),
      'jane',
    );
    const resource = screen.getByRole('combobox', { name: 'Resource' });
    await userEvent.clear(resource);
    await userEvent.type(resource, 'deployments');
    expect(screen.getByRole('textbox', { name: 'API group' })).toHaveValue(
      'apps',
    );
    await userEvent.click(screen.getByRole('button', { name: 'Ask' }));
    expect(await screen.findByText('Denied')).toBeVisible();
    expect(
      screen.getByText('Rule 2 of the role developer decides.'),
    ).toBeVisible();
    expect(api.explainDecision).toHaveBeenCalledWith(
      expect.objectContaining({
        userEntityRef: 'user:default/jane',
        cluster: 'dev-1',
        verb: 'get',
        resource: 'deployments',
        apiGroup: 'apps',
        namespace: 'default',
      }),
    );
    const card = screen.getByRole('heading', { name: 'developer' })
      .parentElement as HTMLElement;
    const marked = within(card)
      .getAllByRole('listitem')
      .filter(item => item.hasAttribute('aria-current'));
    expect(marked.map(({ textContent }) => textContent)).toEqual([
      'May not do anything with secrets – in all namespaces',
    ]);
  });

  it('shows no answer to a question that was asked before', async () => {
    const answers: ((decision: DecisionResponse) => void)[] = [];
    render({
      explainDecision: () => new Promise(resolve => answers.push(resolve)),
    });
    const user = await screen.findByRole('textbox', { name: 'User' });
    const ask = async (name: string) => {
      await userEvent.clear(user);
      await userEvent.type(user, name);
      await userEvent.click(screen.getByRole('button', { name: 'Ask' }));
    };
    const decision = { reason: '', subjects: [], roles: [], isServed: true };
    await ask('jane');
    await ask('john');
    await act(async () => answers[1]({ ...decision, allowed: false }));
    await act(async () => answers[0]({ ...decision, allowed: true }));
    expect(screen.getByText('Denied')).toBeVisible();
    expect(screen.queryByText('Allowed')).not.toBeInTheDocument();
    await userEvent.type(user, 'athan');
    expect(screen.queryByText('Denied')).not.toBeInTheDocument();
  });

  it('says so when there are no roles, and what the portal objects to', async () => {
    render({
      getRoles: async () => ({ ...ROLES, roles: [], proxies: [] }),
      explainDecision: async () => {
        throw new Error('no such user');
      },
    });
    expect(await screen.findByText('There are no roles')).toBeVisible();
    expect(screen.getByText('No proxy has reported yet')).toBeVisible();
    await userEvent.type(screen.getByRole('textbox', { name: 'User' }), 'x');
    await userEvent.click(screen.getByRole('button', { name: 'Ask' }));
    expect(await screen.findByRole('alert')).toHaveTextContent('no such user');
  });

  it('says which permission is missing', async () => {
    render({
      getRoles: async () => {
        throw new NotAllowedError('no');
      },
    });
    expect(await screen.findByRole('alert')).toHaveTextContent(
      'kubernetes-audit.access.manage',
    );
  });
});
