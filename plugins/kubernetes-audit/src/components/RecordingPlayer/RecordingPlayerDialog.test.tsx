import { NotAllowedError } from '@backstage/errors';
import { act, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import type { RecordingDetail } from 'backstage-plugin-kubernetes-audit-common';
import { axe, toHaveNoViolations } from 'jest-axe';
import { useEffect } from 'react';
import type { ViewedScreen } from '../../player';
import {
  buildChunks,
  fakeAuditApi,
  FakeScreen,
  renderPage,
  sampleRecording,
} from '../../__testUtils__';
import { saveFile } from '../FileExport';
import { RecordingPlayerDialog } from './RecordingPlayerDialog';

expect.extend(toHaveNoViolations);

// What a terminal draws is a matter for a real browser.
let fakeScreen: FakeScreen;
jest.mock('./TerminalView', () => {
  function FakeTerminalView(props: {
    onScreen: (screen: ViewedScreen | undefined) => void;
  }) {
    const { onScreen } = props;
    useEffect(() => onScreen(fakeScreen), [onScreen]);
    return <div>terminal</div>;
  }
  return { __esModule: true, default: FakeTerminalView };
});
jest.mock('./TimelinePreview', () => ({
  __esModule: true,
  default: ({ time }: { time?: number }) => <i data-testid="preview">{time}</i>,
}));
jest.mock('../FileExport/saveFile', () => ({ saveFile: jest.fn() }));

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

/** As of a viewer who wants no motion. */
function preferReducedMotion() {
  const matchMedia = (query: string) => ({
    matches: query.includes('reduce'),
    media: query,
    onchange: null,
    addListener: () => {},
    removeListener: () => {},
    addEventListener: () => {},
    removeEventListener: () => {},
    dispatchEvent: () => false,
  });
  Object.defineProperty(window, 'matchMedia', {
    configurable: true,
    value: matchMedia,
  });
}

const position = () =>
  screen
    .getByRole('slider', { name: 'Timeline' })
    .getAttribute('aria-valuetext');

describe('RecordingPlayerDialog', () => {
  afterEach(() => {
    Reflect.deleteProperty(window, 'matchMedia');
    jest.clearAllMocks();
  });

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

  it('says with which code the command ended, once it has', async () => {
    setUp({ exitCode: 137 });
    const dialog = within(await screen.findByRole('dialog'));
    const term = await dialog.findByText('Exit Code');
    expect(term.nextElementSibling).toHaveTextContent('137');
  });

  it('says why the session ended', async () => {
    setUp({ endReason: 'idle for 900 s' });
    const dialog = within(await screen.findByRole('dialog'));
    const term = await dialog.findByText('Ended');
    expect(term.nextElementSibling).toHaveTextContent('idle for 900 s');
  });

  it('says no code of a command that still runs', async () => {
    setUp({ status: 'recording', exitCode: undefined });
    const dialog = within(await screen.findByRole('dialog'));
    expect(await dialog.findByText('Command')).toBeVisible();
    expect(dialog.queryByText('Exit Code')).not.toBeInTheDocument();
  });

  it('says of a recording under legal hold why, and who wants it', async () => {
    setUp({
      legalHold: {
        since: '2026-11-22T02:00:00.000Z',
        by: 'user:default/counsel',
        reason: 'case 2026-118',
      },
    });
    const dialog = within(await screen.findByRole('dialog'));
    const term = await dialog.findByText('Legal Hold');
    expect(term.nextElementSibling).toHaveTextContent(
      /^case 2026-118 \(user:default\/counsel, 2026-11-2/,
    );
  });

  it('asks for the recording before it draws anything', async () => {
    let isDrawn: boolean | undefined;
    setUp(
      {},
      {
        api: {
          openRecording: async () => {
            isDrawn = screen.queryByRole('dialog') !== null;
            throw new Error('not now');
          },
        },
      },
    );
    expect(await screen.findByRole('dialog')).toBeVisible();
    expect(isDrawn).toBe(false);
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

  it.each([
    ['-1', '0:00'],
    ['NaN', '0:00'],
    ['1e309', '0:00'],
    ['1e308', '0:10'],
    ['99999999999999', '0:10'],
  ])('asks for a moment that there can be: ?t=%s', async (startAt, shown) => {
    const { api } = setUp({}, { startAt });
    await screen.findByRole('button', { name: 'Play' });
    const [[, time]] = api.openRecording.mock.calls;
    expect(Number.isSafeInteger(time) && time >= 0).toBe(true);
    await waitFor(() => expect(position()).toBe(`${shown} of 0:10`));
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
    await waitFor(() => expect(speed).toHaveValue('4'));
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
    const { api, user } = setUp({ exportEncryption: 'required' });
    await user.click(await screen.findByRole('button', { name: 'Download' }));
    const dialog = within(
      await screen.findByRole('dialog', {
        name: 'Protect the file with a password',
      }),
    );
    await user.type(dialog.getByLabelText('Password'), 'long enough');
    await user.type(dialog.getByLabelText('Repeat the password'), 'different');
    await user.click(dialog.getByRole('button', { name: 'Download' }));
    expect(await dialog.findByRole('alert')).toHaveTextContent('differ');
    expect(api.exportRecording).not.toHaveBeenCalled();

    await user.clear(dialog.getByLabelText('Repeat the password'));
    await user.type(
      dialog.getByLabelText('Repeat the password'),
      'long enough',
    );
    await user.click(dialog.getByRole('button', { name: 'Download' }));
    await waitFor(() =>
      expect(api.exportRecording).toHaveBeenCalledWith(
        sampleRecording().id,
        { password: 'long enough', format: 'v2' },
        expect.anything(),
      ),
    );
    await waitFor(() => expect(saveFile).toHaveBeenCalledTimes(1));
    expect(api.downloadRecording).not.toHaveBeenCalled();
  });

  it('says how strong a password is', async () => {
    const { user } = setUp({ exportEncryption: 'required' });
    await user.click(await screen.findByRole('button', { name: 'Download' }));
    const password = await screen.findByLabelText('Password');
    await user.type(password, 'password1');
    expect(await screen.findByText('Strength: very weak')).toBeVisible();
    await user.clear(password);
    await user.type(password, 'fjord-kettle-42-ambivalent');
    expect(await screen.findByText('Strength: strong')).toBeVisible();
  });

  it('takes no password that is easy to guess, and says what it takes', async () => {
    const { api, user } = setUp({ exportEncryption: 'required' });
    await user.click(await screen.findByRole('button', { name: 'Download' }));
    await user.type(await screen.findByLabelText('Password'), 'password');
    await user.type(screen.getByLabelText('Repeat the password'), 'password');
    const submit = within(
      screen.getByRole('dialog', { name: 'Protect the file with a password' }),
    ).getByRole('button', { name: 'Download' });
    await user.click(submit);
    expect(await screen.findByRole('alert')).toHaveTextContent(
      'Too easy to guess. Take at least 12 characters',
    );
    expect(api.exportRecording).not.toHaveBeenCalled();
  });

  it('keeps the password when the portal refuses the file', async () => {
    const exportRecording = jest.fn().mockRejectedValue(new Error('disk full'));
    const { user } = setUp(
      { exportEncryption: 'required' },
      { api: { exportRecording } },
    );
    await user.click(await screen.findByRole('button', { name: 'Download' }));
    await user.type(await screen.findByLabelText('Password'), 'long enough');
    await user.type(
      screen.getByLabelText('Repeat the password'),
      'long enough{Enter}',
    );
    expect(await screen.findByText('disk full')).toBeVisible();
    expect(screen.getByLabelText('Password')).toHaveValue('long enough');
  });

  it('saves at once where encryption is not required, in another format by choice', async () => {
    const { api, user } = setUp({ exportEncryption: 'optional' });
    await user.click(await screen.findByRole('button', { name: 'Download' }));
    await waitFor(() => expect(saveFile).toHaveBeenCalledTimes(1));
    expect(api.downloadRecording).toHaveBeenLastCalledWith(
      sampleRecording().id,
      'v2',
      expect.anything(),
    );
    await user.click(screen.getByRole('button', { name: 'Download options' }));
    const dialog = within(
      await screen.findByRole('dialog', { name: 'Download the recording' }),
    );
    await user.selectOptions(dialog.getByLabelText('Format'), 'Plain text');
    expect(dialog.queryByLabelText('Password')).toBeNull();
    await user.click(dialog.getByLabelText('Protect the file with a password'));
    expect(dialog.getByLabelText('Password')).toBeVisible();
    await user.click(dialog.getByLabelText('Protect the file with a password'));
    await user.click(dialog.getByRole('button', { name: 'Download' }));
    await waitFor(() => expect(saveFile).toHaveBeenCalledTimes(2));
    expect(api.downloadRecording).toHaveBeenLastCalledWith(
      sampleRecording().id,
      'text',
      expect.anything(),
    );
    expect(api.exportRecording).not.toHaveBeenCalled();
  });

  it('tells how much of a large file has come, and gives it up on demand', async () => {
    let signal: AbortSignal | undefined;
    const { user } = setUp(
      { sizeBytes: 2 ** 40 },
      {
        api: {
          downloadRecording: async (_id, _format, options) => {
            signal = options?.signal;
            options?.onProgress?.(300 * 1024 * 1024);
            return new Promise((_, reject) => {
              signal?.addEventListener('abort', () => reject(signal?.reason));
            });
          },
        },
      },
    );
    await user.click(await screen.findByRole('button', { name: 'Download' }));
    expect(await screen.findByText('300 MB received')).toBeVisible();
    await user.click(screen.getByRole('button', { name: 'Cancel' }));
    expect(signal?.aborted).toBe(true);
    expect(screen.queryByText('300 MB received')).toBeNull();
    expect(screen.queryByRole('alert')).toBeNull();
    expect(saveFile).not.toHaveBeenCalled();
  });

  it('offers no encryption where it is off', async () => {
    const { user } = setUp({ exportEncryption: 'off' });
    await user.click(
      await screen.findByRole('button', { name: 'Download options' }),
    );
    expect(await screen.findByLabelText('Format')).toBeVisible();
    expect(
      screen.queryByLabelText('Protect the file with a password'),
    ).toBeNull();
  });

  it('says that a recording is incomplete, and why', async () => {
    setUp({ status: 'truncated', statusReason: 'power loss' });
    expect(
      await screen.findByText('This recording is incomplete: power loss'),
    ).toBeVisible();
  });

  it('says that the calls of its session are gone', async () => {
    setUp({ eventsAreGone: true });
    expect(
      await screen.findByText(/^The calls of this session have been deleted/),
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
    const { onClose, user } = setUp({ exportEncryption: 'required' });
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

  describe('with what the portal knows of the recording', () => {
    const SECOND = 1_000_000;
    const lines = [
      { time: 1 * SECOND, text: '$ cat notes' },
      { time: 8 * SECOND, text: 'the <b>needle</b>' },
    ];
    const indexed: Parameters<typeof fakeAuditApi>[0] = {
      getRecordingTimeline: async () => ({
        lastTime: 10 * SECOND,
        isComplete: true,
        activity: { bucketMicroseconds: SECOND, buckets: [0, 5, 0, 9] },
        idle: [{ from: 2 * SECOND, to: 8 * SECOND }],
        markers: [
          { time: 3 * SECOND, text: 'deploy' },
          { time: 7 * SECOND, text: 'rollback' },
        ],
      }),
      getRecordingText: async (_id, { search }) => ({
        items: lines.filter(({ text }) => !search || text.includes(search)),
        isTruncated: false,
      }),
    };

    it('goes from marker to marker', async () => {
      const { user } = setUp({}, { api: indexed });
      await screen.findByTitle('deploy');
      screen.getByRole('slider').focus();
      await user.keyboard(']');
      await waitFor(() => expect(position()).toBe('0:03 of 0:10'));
      await user.keyboard(']');
      await waitFor(() => expect(position()).toBe('0:07 of 0:10'));
      await user.keyboard('{[}');
      await waitFor(() => expect(position()).toBe('0:03 of 0:10'));
    });

    it('finds text and jumps to it, by key', async () => {
      const { user } = setUp({}, { api: indexed });
      (await screen.findByRole('slider')).focus();
      await user.keyboard('/');
      const field = await screen.findByRole('searchbox');
      expect(field).toHaveFocus();
      await user.keyboard('needle');
      expect(await screen.findByText('1 match')).toBeVisible();
      await user.keyboard('{Enter}');
      await waitFor(() => expect(position()).toBe('0:08 of 0:10'));
      expect(
        screen.getByRole('button', { name: '0:08 the <b>needle</b>' }),
      ).toHaveAttribute('aria-current', 'true');
      await user.keyboard('{Escape}');
      expect(screen.queryByRole('searchbox')).toBeNull();
    });

    it('says so when nothing matches', async () => {
      const { user } = setUp({}, { api: indexed });
      await user.click(
        await screen.findByRole('button', { name: 'Search in the recording' }),
      );
      await user.type(await screen.findByRole('searchbox'), 'hay');
      expect(await screen.findByText('No match.')).toBeVisible();
    });

    it('has the text as a log, each line a way to its moment', async () => {
      const { user } = setUp({}, { api: indexed });
      await user.click(
        await screen.findByRole('button', { name: 'Transcript' }),
      );
      const log = within(
        await screen.findByRole('log', { name: 'Transcript' }),
      );
      await user.click(log.getByRole('button', { name: /needle/ }));
      await waitFor(() => expect(fakeScreen.text).toBe('ab'));
      await waitFor(() => expect(position()).toBe('0:08 of 0:10'));
    });

    it('has no accessibility violation with everything open', async () => {
      const { user } = setUp({}, { api: indexed });
      (await screen.findByRole('slider')).focus();
      await user.keyboard('?k');
      await user.click(screen.getByRole('button', { name: 'Transcript' }));
      await screen.findByRole('log');
      expect(await axe(screen.getByRole('dialog'))).toHaveNoViolations();
      await user.click(
        screen.getByRole('button', { name: 'Search in the recording' }),
      );
      await user.keyboard('needle');
      await screen.findByText('1 match');
      expect(await axe(screen.getByRole('dialog'))).toHaveNoViolations();
    });
  });

  it('says that there is no text to search before the portal has indexed it', async () => {
    const { user } = setUp();
    (await screen.findByRole('slider')).focus();
    await user.keyboard('/x');
    expect(await screen.findByText(/not searchable yet/)).toBeVisible();
    await user.click(screen.getByRole('button', { name: 'Transcript' }));
    expect(await screen.findByText(/is not there yet/)).toBeVisible();
  });

  it('shows its keys, and puts them away by Escape before it closes', async () => {
    const { onClose, user } = setUp();
    (await screen.findByRole('slider')).focus();
    await user.keyboard('?');
    expect(await screen.findByText('Slower or faster')).toBeVisible();
    await user.keyboard('{Escape}');
    expect(screen.queryByText('Slower or faster')).toBeNull();
    expect(onClose).not.toHaveBeenCalled();
  });

  it('steps by button and by key', async () => {
    const { user } = setUp();
    await user.click(await screen.findByRole('button', { name: 'Next frame' }));
    await waitFor(() => expect(fakeScreen.text).toBe('a'));
    screen.getByRole('slider').focus();
    await user.keyboard('.');
    await waitFor(() => expect(fakeScreen.text).toBe('ab'));
    await user.keyboard(',');
    await waitFor(() => expect(fakeScreen.text).toBe('a'));
  });

  it('shows the time of day instead of the elapsed time', async () => {
    const { user } = setUp({}, { startAt: '9' });
    await user.click(
      await screen.findByRole('button', { name: '0:09 / 0:10' }),
    );
    expect(
      screen.getByRole('button', { name: /^\d\d:14:12 \/ \d\d:14:13$/ }),
    ).toBeVisible();
  });

  it('copies what is selected, and a link to the moment', async () => {
    const { user } = setUp({}, { startAt: '9' });
    const copyText = await screen.findByRole('button', {
      name: 'Copy selected text',
    });
    expect(copyText).toBeDisabled();
    act(() => fakeScreen.select('chosen'));
    await user.click(copyText);
    expect(
      await screen.findByRole('button', { name: 'Text copied' }),
    ).toBeVisible();
    await user.click(
      screen.getByRole('button', { name: 'Copy link at current time' }),
    );
    expect(
      await screen.findByRole('button', { name: 'Link copied' }),
    ).toBeVisible();
  });

  it('shows a wide terminal in full size by choice', async () => {
    const { user } = setUp();
    await user.click(
      await screen.findByRole('button', {
        name: 'Show the terminal in full size',
      }),
    );
    expect(fakeScreen.scaling).toBe('scroll');
    await user.click(
      screen.getByRole('button', { name: 'Fit the terminal into the window' }),
    );
    expect(fakeScreen.scaling).toBe('fit');
  });

  it('says what is missing of a damaged recording, and plays the rest', async () => {
    setUp(
      {},
      {
        startAt: '9',
        api: {
          getRecordingChunk: async (_id, index) =>
            index === 0 ? Uint8Array.of(1, 2, 3) : chunks[index],
        },
      },
    );
    expect(
      await screen.findByText('1 damaged part was left out: 0:00 – 0:01.'),
    ).toBeVisible();
    await waitFor(() => expect(fakeScreen.text).toBe('b'));
  });

  it('watches a running session: what is added is shown, at once', async () => {
    const running = sampleRecording({
      status: 'recording',
      durationMs: undefined,
      chunks: table.slice(0, 1),
    });
    const getRecording = jest.fn().mockResolvedValueOnce(running);
    getRecording.mockResolvedValueOnce({ ...running, chunks: table });
    getRecording.mockResolvedValue(
      sampleRecording({ chunks: table, endReason: 'idle for 900 s' }),
    );
    setUp(running, { api: { getRecording } });
    expect(await screen.findByText('Live')).toBeVisible();
    await waitFor(() => expect(fakeScreen.text).toBe('a'));
    await waitFor(() => expect(fakeScreen.text).toBe('ab'));
    // Its end is recorded, after which it is asked for no more.
    await waitFor(() => expect(screen.queryByText('Live')).toBeNull());
    expect(position()).toBe('0:10 of 0:10');
    expect(screen.getByText('idle for 900 s')).toBeVisible();
    expect(getRecording).toHaveBeenCalledTimes(3);
  });

  it('goes back in a running session, and jumps to live again', async () => {
    const running = { status: 'recording', durationMs: undefined } as const;
    const { user } = setUp(running);
    expect(await screen.findByText('Live')).toBeVisible();
    await waitFor(() => expect(fakeScreen.text).toBe('ab'));
    screen.getByRole('slider').focus();
    await user.keyboard(' {Home}');
    await waitFor(() => expect(position()).toBe('0:00 of 0:08'));
    await user.click(screen.getByRole('button', { name: 'Jump to live' }));
    await waitFor(() => expect(position()).toBe('0:08 of 0:08'));
    expect(screen.getByText('Live')).toBeVisible();
  });

  it('opens a running session without motion where that is unwanted', async () => {
    preferReducedMotion();
    setUp({ status: 'recording', durationMs: undefined });
    expect(await screen.findByRole('button', { name: 'Play' })).toBeVisible();
    await waitFor(() => expect(fakeScreen.text).toBe('ab'));
    expect(screen.getByRole('button', { name: 'Play' })).toBeVisible();
    expect(screen.getByRole('button', { name: 'Jump to live' })).toBeVisible();
  });

  it('has no accessibility violation', async () => {
    setUp();
    await screen.findByRole('button', { name: 'Play' });
    expect(await axe(screen.getByRole('dialog'))).toHaveNoViolations();
  });
});
