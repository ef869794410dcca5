import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { NotAllowedError, NotFoundError } from '@backstage/errors';
import {
  AccessResponse,
  Credential,
  roleSchema,
} from 'backstage-plugin-kubernetes-audit-common';
import { axe, toHaveNoViolations } from 'jest-axe';
import { currentParams, fakeAuditApi, renderPage } from '../../__testUtils__';
import type { KubernetesAuditApi } from '../../api';
import { AccessPage } from './AccessPage';

expect.extend(toHaveNoViolations);

const saveFile = jest.fn();
jest.mock('../FileExport/saveFile', () => ({
  saveFile: (file: unknown) => saveFile(file),
}));

const {
  subjects: _,
  clusters: __,
  ...ROLE
} = roleSchema.parse({
  name: 'payments-developer',
  subjects: [],
  clusters: ['prod-*'],
  kubernetesGroups: ['developers'],
  rules: [
    {
      effect: 'allow',
      apiGroups: [''],
      resources: ['pods', 'pods/log'],
      namespaces: ['payments-*'],
      verbs: ['get', 'list', 'patch', 'update'],
    },
    { effect: 'deny', resources: ['secrets'], verbs: ['*'] },
  ],
  conditions: { clientIps: ['10.0.0.0/8'] },
});
const ACCESS: AccessResponse = {
  clusters: ['prod-1', 'prod-2'].map(name => ({
    name,
    server: `https://proxy.example.com/clusters/${name}`,
    roles: ['payments-developer'],
  })),
  roles: [ROLE],
  userEntityRef: 'user:default/jane',
  mayManage: false,
  credentialLifetimeMs: 12 * 3600_000,
  loginLifetimeMs: 7 * 24 * 3600_000,
};
const ISSUED: Credential = {
  id: '1',
  userEntityRef: 'user:default/jane',
  kind: 'kubeconfig',
  issuedAt: '2026-11-22T02:00:00.000Z',
  expiresAt: '2999-11-22T14:00:00.000Z',
};
const LOGIN: Credential = {
  ...ISSUED,
  id: '2',
  kind: 'login',
  hostName: 'laptop',
  clientIp: '192.0.2.1',
};

function render(overrides: Partial<KubernetesAuditApi> = {}, url = '/') {
  saveFile.mockClear();
  const api = fakeAuditApi({
    getAccess: async () => ACCESS,
    listCredentials: async () => ({ items: [ISSUED, LOGIN] }),
    issueKubeconfig: async () => ({ kubeconfig: 'a: b', credential: ISSUED }),
    ...overrides,
  });
  return { api, ...renderPage(<AccessPage />, { api, url }) };
}

describe('AccessPage', () => {
  it('says which clusters may be reached, and what the roles allow', async () => {
    const { container } = render();
    const cluster = (await screen.findByRole('heading', { name: 'prod-1' }))
      .parentElement as HTMLElement;
    const rules = within(cluster)
      .getAllByRole('listitem')
      .map(({ textContent }) => textContent);
    expect(rules).toEqual([
      'May read, list, change: pods, logs of pods – in the namespaces payments-*; of the API groups core',
      'May not do anything with secrets – in all namespaces',
    ]);
    expect(cluster).toHaveTextContent('Counts only from 10.0.0.0/8.');
    await screen.findByRole('cell', { name: 'Login on laptop' });
    expect(await axe(container)).toHaveNoViolations();
  });

  it('gives a kubeconfig of one cluster, and the commands that use it', async () => {
    const { api } = render();
    await userEvent.selectOptions(
      await screen.findByRole('combobox', { name: 'Clusters in the file' }),
      'prod-2',
    );
    await userEvent.click(
      screen.getByRole('button', { name: 'Download kubeconfig' }),
    );
    const name = /kubeconfig-prod-2-until-\d{4}(-\d\d){4}\.yaml/;
    expect(
      await screen.findByText(new RegExp(`^Saved as ${name.source}. It works`)),
    ).toBeVisible();
    expect(api.issueKubeconfig).toHaveBeenCalledWith({
      clusters: ['prod-2'],
      credential: 'token',
    });
    const [[{ blob, fileName }]] = saveFile.mock.calls;
    expect(fileName).toMatch(name);
    expect(blob.size).toBe('a: b'.length);
    expect(screen.getByText('kubectl --context prod-2 get pods')).toBeVisible();
  });

  it('gives one that signs in, also to old kubectls', async () => {
    const { api } = render({
      issueKubeconfig: async () => ({ kubeconfig: 'a: b' }),
    });
    await userEvent.click(
      await screen.findByRole('radio', { name: 'With a login in the browser' }),
    );
    await userEvent.click(
      screen.getByRole('checkbox', { name: 'For kubectl before 1.22' }),
    );
    await userEvent.click(
      screen.getByRole('button', { name: 'Download kubeconfig' }),
    );
    await screen.findByText(/asks for your approval when you use it/);
    const [[{ fileName }]] = saveFile.mock.calls;
    expect(fileName).toBe('kubeconfig-login.yaml');
    expect(api.issueKubeconfig).toHaveBeenCalledWith({
      credential: 'login',
      execApiVersion: 'v1beta1',
    });
  });

  it('says why there is no kubeconfig', async () => {
    render({
      issueKubeconfig: async () => {
        throw new Error('the name is taken');
      },
    });
    await userEvent.click(
      await screen.findByRole('button', { name: 'Download kubeconfig' }),
    );
    expect(await screen.findByRole('alert')).toHaveTextContent(
      'the name is taken',
    );
    expect(saveFile).not.toHaveBeenCalled();
  });

  it('revokes a credential after a question', async () => {
    const { api } = render({ revokeCredential: async () => {} });
    const row = (
      await screen.findByRole('cell', { name: 'Login on laptop' })
    ).closest('tr') as HTMLElement;
    await userEvent.click(within(row).getByRole('button'));
    const dialog = await screen.findByRole('dialog', {
      name: 'Revoke this credential?',
    });
    expect(dialog).toHaveTextContent('renews itself on laptop');
    expect(
      within(dialog).queryByRole('button', { name: 'Revoke all of this user' }),
    ).toBeNull();
    await userEvent.click(
      within(dialog).getByRole('button', { name: 'Revoke' }),
    );
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    expect(api.revokeCredential).toHaveBeenCalledWith('2');
    expect(api.listCredentials).toHaveBeenCalledTimes(2);
  });

  it("shows an administrator everybody's, and revokes all of a user", async () => {
    const { api } = render({
      getAccess: async () => ({ ...ACCESS, mayManage: true }),
      revokeUser: async () => {},
    });
    await userEvent.click(
      await screen.findByRole('radio', { name: 'Everybody’s' }),
    );
    await waitFor(() =>
      expect(api.listCredentials).toHaveBeenLastCalledWith(
        { state: 'valid', limit: 50 },
        expect.anything(),
      ),
    );
    await userEvent.type(
      screen.getByRole('searchbox', { name: 'Search by user' }),
      'jane',
    );
    await waitFor(() =>
      expect(api.listCredentials).toHaveBeenLastCalledWith(
        { state: 'valid', search: 'jane', limit: 50 },
        expect.anything(),
      ),
    );
    const [button] = await screen.findAllByRole('button', {
      name: /^Revoke the credential/,
    });
    await userEvent.click(button);
    await userEvent.click(
      await screen.findByRole('button', { name: 'Revoke all of this user' }),
    );
    await waitFor(() =>
      expect(api.revokeUser).toHaveBeenCalledWith('user:default/jane'),
    );
  });

  it('hides what is of no use any more until it is asked for', async () => {
    const past = [
      { ...ISSUED, revokedAt: '2026-11-22T03:00:00.000Z' },
      { ...LOGIN, expiresAt: '2026-11-22T03:00:00.000Z' },
    ];
    const { container } = render({
      listCredentials: async ({ state }) => ({
        items: state === 'ended' ? past : [],
      }),
    });
    expect(await screen.findByText('No credentials')).toBeVisible();
    await userEvent.click(
      screen.getByRole('checkbox', { name: /expired and revoked/ }),
    );
    const table = await screen.findByRole('table', {
      name: 'Expired and revoked',
    });
    expect(
      await within(table).findByRole('cell', { name: 'Revoked' }),
    ).toBeVisible();
    expect(within(table).getByRole('cell', { name: 'Expired' })).toBeVisible();
    expect(screen.getByText('No credentials')).toBeVisible();
    expect(await axe(container)).toHaveNoViolations();
  });

  it('shows more credentials when it is asked for them, until there are no more', async () => {
    const all = Array.from(Array(70).keys(), i => ({
      ...LOGIN,
      id: `${i}`,
      hostName: `machine-${i}`,
    }));
    render({
      listCredentials: async ({ limit = 0 }) => ({
        items: all.slice(0, limit),
        ...(limit < all.length && { nextCursor: 'next' }),
      }),
    });
    expect(await screen.findByText('Login on machine-49')).toBeVisible();
    expect(screen.queryByText('Login on machine-50')).toBeNull();
    await userEvent.click(screen.getByRole('button', { name: 'Show more' }));
    expect(await screen.findByText('Login on machine-69')).toBeVisible();
    expect(screen.queryByRole('button', { name: 'Show more' })).toBeNull();
  });

  describe('asked to sign a command line in', () => {
    const PENDING = {
      userCode: 'WDJB-MJHT',
      hostName: 'laptop',
      clientIp: '192.0.2.1',
      isSameAddress: false,
      requestedAt: '2026-11-22T02:00:00.000Z',
      expiresAt: '2026-11-22T02:10:00.000Z',
    };

    it.each([
      ['Approve', 'approve', /^Approved/],
      ['Deny', 'deny', /^Denied/],
    ] as const)('asks who it is, then does %s', async (name, what, text) => {
      const { api, container } = render(
        { findLogin: async () => PENDING, decideLogin: async () => {} },
        '/?login=WDJB-MJHT',
      );
      expect(await screen.findByText('WDJB-MJHT')).toBeVisible();
      expect(screen.getByText('laptop')).toBeVisible();
      expect(screen.getAllByText('192.0.2.1')[0]).toBeVisible();
      expect(screen.getByText(/from another address/)).toBeVisible();
      expect(api.decideLogin).not.toHaveBeenCalled();
      expect(await axe(container)).toHaveNoViolations();
      await userEvent.click(screen.getByRole('button', { name }));
      expect(await screen.findByText(text)).toBeVisible();
      expect(api.decideLogin).toHaveBeenCalledWith('WDJB-MJHT', what);
      expect(currentParams().has('login')).toBe(false);
    });

    it('takes a code that is typed, and says when none waits with it', async () => {
      const { api } = render({
        findLogin: async () => {
          throw new NotFoundError('none');
        },
      });
      await userEvent.type(
        await screen.findByRole('textbox', { name: 'Code' }),
        'wdjb mjht',
      );
      await userEvent.click(screen.getByRole('button', { name: 'Continue' }));
      expect(await screen.findByRole('alert')).toHaveTextContent(
        'No login waits with this code',
      );
      expect(api.findLogin).toHaveBeenCalledWith('wdjb mjht');
    });
  });

  it('says so when no cluster may be reached', async () => {
    render({
      getAccess: async () => ({ ...ACCESS, clusters: [], roles: [] }),
      listCredentials: async () => ({ items: [] }),
    });
    expect(
      await screen.findByText('You can reach no cluster yet'),
    ).toBeVisible();
    expect(
      screen.queryByRole('button', { name: 'Download kubeconfig' }),
    ).toBeNull();
    expect(await screen.findByText('No credentials')).toBeVisible();
  });

  it.each([
    [new NotAllowedError('no'), 'kubernetes-audit.access.use'],
    [new Error('the portal is down'), 'the portal is down'],
  ])('says why there is nothing: %s', async (error, text) => {
    render({
      getAccess: async () => {
        throw error;
      },
    });
    expect(await screen.findByRole('alert')).toHaveTextContent(text);
  });

  it('shows its shape while it waits', async () => {
    render({ getAccess: () => new Promise(() => {}) });
    expect(
      await screen.findByRole('status', { name: 'Loading…' }),
    ).toBeVisible();
  });
});
