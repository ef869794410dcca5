import { NotAllowedError } from '@backstage/errors';
import { act, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import type { RecordingDetail } from 'backstage-plugin-kubernetes-audit-common';
import { axe, toHaveNoViolations } from 'jest-axe';
import { useEffect } from 'react';
import type { Screen } from '../../player';
import {
  buildChunks,
  fakeAuditApi,
  FakeScreen,
  renderPage,
  sampleRecording,
} from '../../__testUtils__';
import { RecordingPlayerDialog } from './RecordingPlayerDialog';
import { saveFile } from './saveFile';

expect.extend(toHaveNoViolations);

// What a terminal draws is a matter for a real browser.
let fakeScreen: FakeScreen;
jest.mock('./TerminalView', () => {
  function FakeTerminalView(props: {
    onScreen: (screen: Screen | undefined) => void;
  }) {
    const { onScreen } = props;
    useEffect(() => onScreen(fakeScreen), [onScreen]);
    return <div>terminal</div>;
  }
  return { __esModule: true, default: FakeTerminalView };
});
jest.mock('./saveFile', () => ({ saveFile: jest.fn() }));

const { chunks, table } = buildChunks([
  [
    [0, 'header', '{}'],
    [1, 'output', 'a'],
  ],
  [[8, 'output', 'b']],
]);

function setUp(
  overrides: Partial<RecordingDetail> = {},
  options: {
    startAt?: string;
    api?: Parameters<typeof fakeAuditApi>[0];
  } = {},
) {
  fakeScreen = new FakeScreen();
  const recording = sampleRecording({ chunks: table, ...overrides });
  const api = fakeAuditApi({
    getRecording: async () => recording,
    getRecordingChunk: async (_id, index) => chunks[index],
    downloadRecording: async () => ({
      blob: new Blob(['x']),
      fileName: 'jane.cast',
    }),
    exportRecording: async () => ({
      blob: new Blob(['x']),
      fileName: 'jane.zip',
    }),
    ...options.api,
  });
  const onClose = jest.fn();
  renderPage(
    <RecordingPlayerDialog
      recordingId={recording.id}
      startAt={options.startAt}
      onClose={onClose}
    />,
    { api },
  );
  return { api, onClose, user: userEvent.setup() };
}

const position = () =>
  screen
    .getByRole('slider', { name: 'Timeline' })
    .getAttribute('aria-valuetext');

describe('RecordingPlayerDialog', () => {
  afterEach(() => jest.clearAllMocks());

  it('shows the download first, then who, when and what above the replay', async () => {
    let deliver = () => {};
    const getRecordingChunk = jest.fn(
      () =>
        new Promise<Uint8Array>(resolve => {
          deliver = () => resolve(chunks[0]);
        }),
    );
    setUp({}, { api: { getRecordingChunk } });
    const dialog = within(await screen.findByRole('dialog'));
    expect(
      await dialog.findByRole('progressbar', { name: 'Download progress' }),
    ).toBeVisible();
    await waitFor(() => expect(getRecordingChunk).toHaveBeenCalled());
    act(() => deliver());
    expect(await dialog.findByRole('button', { name: 'Play' })).toBeVisible();
    expect(
      dialog
        .getAllByRole('term')
        .map(term => term.textContent)
        .slice(0, 3),
    ).toEqual(['Name', 'Action At', 'Session Recording Name']);
    expect(dialog.getByText('jane_20261122T091403Z')).toBeVisible();
  });

  it('starts paused, with the first chunk only', async () => {
    const { api } = setUp();
    await screen.findByRole('button', { name: 'Play' });
    expect(position()).toBe('0:00 of 0:10');
    expect(api.getRecordingChunk.mock.calls.map(([, index]) => index)).toEqual([
      0,
    ]);
  });

  it('starts at the moment that a link names', async () => {
    setUp({}, { startAt: '9' });
    await screen.findByRole('button', { name: 'Play' });
    await waitFor(() => expect(fakeScreen.text).toBe('ab'));
    expect(position()).toBe('0:09 of 0:10');
  });

  it('plays and pauses by button and by space', async () => {
    const { user } = setUp();
    await user.click(await screen.findByRole('button', { name: 'Play' }));
    await user.click(await screen.findByRole('button', { name: 'Pause' }));
    expect(await screen.findByRole('button', { name: 'Play' })).toBeVisible();
    screen.getByRole('slider').focus();
    await user.keyboard(' ');
    expect(await screen.findByRole('button', { name: 'Pause' })).toBeVisible();
  });

  it('moves by 5 s with the arrow keys, to the ends and to tenths', async () => {
    const { user } = setUp();
    await screen.findByRole('button', { name: 'Play' });
    const slider = screen.getByRole('slider', { name: 'Timeline' });
    slider.focus();
    await user.keyboard('{ArrowRight}');
    await waitFor(() => expect(position()).toBe('0:05 of 0:10'));
    expect(slider).toHaveAttribute('aria-valuemax', '10');
    expect(slider).toHaveAttribute('aria-valuenow', '5');
    await user.keyboard('{End}');
    await waitFor(() => expect(fakeScreen.text).toBe('ab'));
    await user.keyboard('{ArrowLeft}{ArrowLeft}');
    await waitFor(() => expect(position()).toBe('0:00 of 0:10'));
    await user.keyboard('9');
    await waitFor(() => expect(position()).toBe('0:09 of 0:10'));
  });

  it('changes the speed by list and by key', async () => {
    const { user } = setUp();
    const speed = await screen.findByRole('combobox', { name: 'Speed' });
    await user.selectOptions(speed, '4×');
    expect(speed).toHaveValue('4');
    screen.getByRole('slider').focus();
    await user.keyboard('>');
    await waitFor(() => expect(speed).toHaveValue('8'));
  });

  it('offers only the file above the limit, in the words of the specification', async () => {
    const { api, user } = setUp({ sizeBytes: 700 * 1024 * 1024 + 1 });
    expect(
      await screen.findByText(
        'The file size exceeds 700MB and cannot be played directly.',
      ),
    ).toBeVisible();
    expect(
      screen.getByText(
        'To view this session recording, please download the file.',
      ),
    ).toBeVisible();
    expect(screen.queryByRole('button', { name: 'Play' })).toBeNull();
    expect(api.getRecordingChunk).not.toHaveBeenCalled();
    await user.click(screen.getByRole('button', { name: 'Download' }));
    await waitFor(() =>
      expect(saveFile).toHaveBeenCalledWith(
        expect.objectContaining({ fileName: 'jane.cast' }),
      ),
    );
  });

  it.each([
    ['of exactly the limit', { sizeBytes: 700 * 1024 * 1024 }],
    [
      'of any size when unlimited',
      { sizeBytes: 2 ** 40, maxPlaybackSize: undefined },
    ],
  ])('plays a recording %s', async (_title, overrides) => {
    setUp(overrides);
    expect(await screen.findByRole('button', { name: 'Play' })).toBeVisible();
  });

  it('asks for a password before it downloads where encryption is required', async () => {
    const downloadRecording = jest
      .fn()
      .mockRejectedValue(
        new NotAllowedError('encryption is required: use POST …/export'),
      );
    const { api, user } = setUp({}, { api: { downloadRecording } });
    await user.click(await screen.findByRole('button', { name: 'Download' }));
    const dialog = within(
      await screen.findByRole('dialog', {
        name: 'Protect the file with a password',
      }),
    );
    await user.type(dialog.getByLabelText('Password'), 'long enough');
    await user.type(dialog.getByLabelText('Repeat the password'), 'different');
    await user.click(dialog.getByRole('button', { name: 'Download' }));
    expect(dialog.getByRole('alert')).toHaveTextContent('differ');
    expect(api.exportRecording).not.toHaveBeenCalled();

    await user.clear(dialog.getByLabelText('Repeat the password'));
    await user.type(
      dialog.getByLabelText('Repeat the password'),
      'long enough',
    );
    await user.click(dialog.getByRole('button', { name: 'Download' }));
    await waitFor(() =>
      expect(api.exportRecording).toHaveBeenCalledWith(sampleRecording().id, {
        password: 'long enough',
        format: 'v2',
      }),
    );
    await waitFor(() => expect(saveFile).toHaveBeenCalledTimes(1));
  });

  it('says that a recording is incomplete, and why', async () => {
    setUp({ status: 'truncated', statusReason: 'power loss' });
    expect(
      await screen.findByText('This recording is incomplete: power loss'),
    ).toBeVisible();
  });

  it('says so when nothing has been recorded yet', async () => {
    setUp({ status: 'recording', chunks: [] });
    expect(
      await screen.findByText('Nothing has been recorded of this session yet.'),
    ).toBeVisible();
  });

  it('says which permission is missing', async () => {
    const getRecording = jest.fn().mockRejectedValue(new NotAllowedError('no'));
    setUp({}, { api: { getRecording } });
    expect(await screen.findByRole('alert')).toHaveTextContent(
      'kubernetes-audit.recording.play',
    );
  });

  it('closes by Escape, the password first', async () => {
    const downloadRecording = jest
      .fn()
      .mockRejectedValue(new NotAllowedError('use POST …/export'));
    const { onClose, user } = setUp({}, { api: { downloadRecording } });
    await user.click(await screen.findByRole('button', { name: 'Download' }));
    await user.type(await screen.findByLabelText('Password'), 'a b{Escape}');
    await waitFor(() => expect(screen.queryByLabelText('Password')).toBeNull());
    expect(onClose).not.toHaveBeenCalled();
    screen.getByRole('button', { name: 'Play' }).focus();
    await user.keyboard('{Escape}');
    expect(onClose).toHaveBeenCalledTimes(1);
  });

  it('closes by its button', async () => {
    const { onClose, user } = setUp();
    await user.click(await screen.findByRole('button', { name: 'Close' }));
    expect(onClose).toHaveBeenCalledTimes(1);
  });

  it('has no accessibility violation', async () => {
    setUp();
    await screen.findByRole('button', { name: 'Play' });
    expect(await axe(screen.getByRole('dialog'))).toHaveNoViolations();
  });
});
