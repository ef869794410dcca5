import { NotAllowedError } from '@backstage/errors';
import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import type { ExportEncryption } from 'backstage-plugin-kubernetes-audit-common';
import { axe, toHaveNoViolations } from 'jest-axe';
import type { DownloadedFile, FileOptions } from '../../api';
import { fakeAuditApi, renderPage, sampleEvent } from '../../__testUtils__';
import { saveFile } from '../FileExport';
import { RequestAuditPage } from './RequestAuditPage';

expect.extend(toHaveNoViolations);

jest.mock('../FileExport/saveFile', () => ({ saveFile: jest.fn() }));

const PASSWORD = 'correct horse battery';
const file: DownloadedFile = {
  blob: new Blob(['x']),
  fileName: 'request-audit_20261122T120000Z.csv',
};
const SELECTION = {
  search: 'prod',
  filter: { verb: 'get' },
  from: '2026-11-22T09:00:00.000Z',
  to: undefined,
};
const URL = '/?search=prod&verb=get&from=2026-11-22T09:00:00.000Z&cursor=c';

function setUp(
  exportEncryption: ExportEncryption,
  overrides: Parameters<typeof fakeAuditApi>[0] = {},
) {
  const api = fakeAuditApi({
    listEvents: async () => ({ items: [sampleEvent()] }),
    getSettings: async () => ({ exportEncryption }),
    downloadEvents: async () => file,
    exportEvents: async () => file,
    ...overrides,
  });
  const view = renderPage(<RequestAuditPage />, { api, url: URL });
  return { api, view, user: userEvent.setup() };
}

async function choose(
  user: ReturnType<typeof userEvent.setup>,
  item: string,
): Promise<void> {
  await screen.findByRole('cell', { name: '4711' });
  await user.click(screen.getByRole('button', { name: 'Export' }));
  await user.click(await screen.findByRole('menuitem', { name: item }));
}

async function enterPassword(user: ReturnType<typeof userEvent.setup>) {
  await user.type(screen.getByLabelText('Password'), PASSWORD);
  await user.type(screen.getByLabelText('Repeat the password'), PASSWORD);
  await user.click(screen.getByRole('button', { name: 'Download' }));
}

describe('the export of Request Audit', () => {
  beforeEach(() => jest.mocked(saveFile).mockClear());

  it.each([
    ['CSV', 'csv'],
    ['JSON Lines', 'jsonl'],
  ])('saves what matches, on whatever page, as %s', async (item, format) => {
    const { api, user } = setUp('off');
    await choose(user, item);
    expect(
      await screen.findByText(`Saved as ${file.fileName}`),
    ).toBeInTheDocument();
    expect(saveFile).toHaveBeenCalledWith(file);
    expect(api.downloadEvents.mock.calls).toEqual([
      [SELECTION, format, expect.anything()],
    ]);
  });

  it('asks for a password first where it is required', async () => {
    const { api, user } = setUp('required');
    await choose(user, 'JSON Lines');
    expect(
      await screen.findByRole('dialog', {
        name: 'Protect the file with a password',
      }),
    ).toBeVisible();
    expect(screen.queryByRole('checkbox')).toBeNull();
    await enterPassword(user);
    await waitFor(() => expect(saveFile).toHaveBeenCalledWith(file));
    expect(api.exportEvents.mock.calls).toEqual([
      [SELECTION, { format: 'jsonl', password: PASSWORD }, expect.anything()],
    ]);
    expect(api.downloadEvents).not.toHaveBeenCalled();
    expect(screen.queryByRole('dialog')).toBeNull();
  });

  it('offers a password where it is a choice, and only there', async () => {
    const { api, user, view } = setUp('optional');
    await choose(user, 'With a password…');
    const dialog = await screen.findByRole('dialog', {
      name: 'Export these requests',
    });
    expect(await axe(dialog)).toHaveNoViolations();
    await user.selectOptions(within(dialog).getByLabelText('Format'), 'jsonl');
    await enterPassword(user);
    await waitFor(() =>
      expect(api.exportEvents.mock.calls[0]?.[1].format).toBe('jsonl'),
    );
    view.unmount();
    const off = setUp('off');
    await screen.findByRole('cell', { name: '4711' });
    await off.user.click(screen.getByRole('button', { name: 'Export' }));
    expect(await screen.findAllByRole('menuitem')).toHaveLength(2);
  });

  it('tells how much has come, and is given up', async () => {
    let told: FileOptions | undefined;
    const { user } = setUp('off', {
      downloadEvents: async (_selection, _format, options) => {
        told = options;
        options?.onProgress?.(1536 * 1024);
        return new Promise(() => {});
      },
    });
    await choose(user, 'CSV');
    expect(
      await screen.findByText('Exporting… 1.5 MB received'),
    ).toBeInTheDocument();
    await user.click(screen.getByRole('button', { name: 'Cancel' }));
    expect(told?.signal?.aborted).toBe(true);
    expect(screen.queryByText(/Exporting/)).toBeNull();
    expect(saveFile).not.toHaveBeenCalled();
  });

  it('says why it failed', async () => {
    const { user } = setUp('off', {
      downloadEvents: async () => {
        throw new NotAllowedError('not for you');
      },
    });
    await choose(user, 'CSV');
    expect(await screen.findByRole('alert')).toHaveTextContent(
      'The export failed: not for you',
    );
    await user.click(screen.getByRole('button', { name: 'Dismiss' }));
    expect(screen.queryByRole('alert')).toBeNull();
  });
});
