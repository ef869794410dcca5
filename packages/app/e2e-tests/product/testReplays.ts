import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RecordingDetail } from 'backstage-plugin-kubernetes-audit-common';
import { Browsing } from '../support/Browsing';
import { CTRL_C, ESCAPE } from '../support/TerminalSession';
import { EXIT_CODE } from './markers';
import { ProductUnderTest } from './ProductUnderTest';
import { SessionsUnderTest } from './SessionsUnderTest';

const SIZE = { columns: 100, rows: 30 };
/** What `cat` prints, in MB; 200 where somebody has the time. */
const LONG_OUTPUT_MB = Number(process.env.E2E_LONG_OUTPUT_MB ?? 20);
/** How long somebody looks at what changes by itself. */
const LOOK_MS = 3500;
/** Between two moments that are told apart in the replay. */
const MOMENT_MS = 400;
const MICROSECONDS_PER_MILLISECOND = 1000;

/** Sessions on a terminal, each replayed in a browser. */
export function testReplays(product: ProductUnderTest): void {
  describe('the replay', () => {
    const sessions = SessionsUnderTest.create(product);
    let browsing: Browsing | undefined;
    let long: RecordingDetail | undefined;

    before(async () => {
      browsing = await Browsing.start(
        product.demo.env().PORTAL_URL,
        product.title,
      );
      await browsing?.signInAsGuest();
    });

    after(() => browsing?.close());

    const test = (
      title: string,
      run: (browser: Browsing) => Promise<void>,
      options: { needsWholeCluster?: boolean } = {},
    ) =>
      it(title, async t => {
        if (!browsing) return t.skip('no Chromium');
        if (options.needsWholeCluster && !product.cluster.isWhole) {
          return t.skip('this cluster has no containers with these programs');
        }
        return run(browsing);
      });

    test(
      'plays the work in an editor',
      async browser => {
        const file = `/tmp/edited-${Date.now()}`;
        const { code, recording } = await sessions.record(
          ['sh', '-c', `vi ${file}; echo "$(wc -l <${file}) lines were saved"`],
          SIZE,
          async terminal => {
            await terminal.see(/1\/1/);
            terminal.type('ifirst line\rsecond line, all of it typed in vi\r');
            await terminal.see(/typed in vi/);
            await sleep(MOMENT_MS);
            // vi takes what follows at once for the rest of a key's sequence.
            terminal.type(ESCAPE);
            await sleep(MOMENT_MS);
            terminal.type('1Gdd:wq\r');
            await terminal.see(/2 lines were saved/);
          },
        );
        assert.equal(code, 0);

        const player = await browser.openRecording(recording.id);
        await player.play('0.5');
        await player.see(/^first line\s+second line, all of it typed/m);
        await browser.screenshot('Replay of vi');
        await player.seek(1);
        await player.see(/2 lines were saved/, /^first line/m);
      },
      { needsWholeCluster: true },
    );

    test(
      'shows every picture of a program that draws them over each other',
      async browser => {
        const { code, recording } = await sessions.record(
          ['top', '-d', '1'],
          SIZE,
          async terminal => {
            await terminal.see(/PID +PPID/);
            await sleep(LOOK_MS);
            terminal.type('q');
          },
        );
        assert.equal(code, 0);

        const player = await browser.openRecording(recording.id);
        for (const share of [0.95, 0.4, 0.7]) {
          await player.seek(share);
          const picture = await player.see(/Load average/);
          assert.equal(picture.match(/Load average/g)?.length, 1);
          assert.match(picture, /PID +PPID +USER/);
        }
        await browser.screenshot('Replay of top');
      },
      { needsWholeCluster: true },
    );

    test('takes on the size that the terminal had', async browser => {
      const { recording, times } = await sessions.record(
        [
          'sh',
          '-c',
          'echo ready; read key; for at in first second third; do stty size; echo $at moment; read key; done',
        ],
        SIZE,
        async terminal => {
          // A terminal has its size a little after the program has begun.
          await terminal.see(/ready/);
          await sleep(MOMENT_MS);
          terminal.type('\r');
          await terminal.see(/30 100\s+first moment/);
          await sleep(MOMENT_MS);
          terminal.resize({ columns: 64, rows: 16 });
          await sleep(MOMENT_MS);
          terminal.type('\r');
          await terminal.see(/16 64\s+second moment/);
          await sleep(MOMENT_MS);
          terminal.resize({ columns: 160, rows: 45 });
          await sleep(MOMENT_MS);
          terminal.type('\r');
          await terminal.see(/45 160\s+third moment/);
          await sleep(MOMENT_MS);
          terminal.type('\r');
        },
      );
      const [first, second, third] = await times([
        /first moment/,
        /second moment/,
        /third moment/,
      ]);

      const player = await browser.openRecording(recording.id);
      await player.seek(1);
      await player.see(/third moment/);
      await player.seeSize('160×45');
      await browser.screenshot('Replay of a resized terminal, wide');
      // Its size changes half-way to the next.
      await player.seek(second + (third - second) / 4);
      await player.see(/second moment/, /third moment/);
      await player.seeSize('64×16');
      await browser.screenshot('Replay of a resized terminal, narrow');
      await player.seek(first + (second - first) / 4);
      await player.see(/first moment/, /second moment/);
      await player.seeSize('100×30');
    });

    test(`seeks in ${LONG_OUTPUT_MB} MB of output`, async browser => {
      const bytes = LONG_OUTPUT_MB * 1_000_000;
      const { recording, times } = await sessions.record(
        [
          'sh',
          '-c',
          [
            'echo the output begins; sleep 1',
            `yes 'abcdefghijklmnopqrstuvwxyz 0123456789' | head -c ${bytes}`,
            // An API server that has nothing more to read may drop what it
            // has not written yet.
            'echo; echo the output ends; read key',
          ].join('; '),
        ],
        SIZE,
        async terminal => {
          await terminal.see(/the output ends\s/);
          terminal.type('\r');
        },
      );
      assert.ok(recording.sizeBytes > bytes);
      long = recording;
      const [begin, middle] = await times([
        /the output begins/,
        /abcdefghijklmnopqrstuvwxyz/,
      ]);

      const player = await browser.openRecording(recording.id);
      await player.seek(1);
      await player.see(/the output ends/);
      await browser.screenshot('Replay of a long output, end');
      await player.seek((middle + 1) / 2);
      await player.see(/abcdefghijklmnopqrstuvwxyz 0/, /the output/);
      await player.seek((begin + middle) / 2);
      await player.see(/the output begins/);
    });

    test('says what was damaged on the disk, and goes on', async browser => {
      assert.ok(long);
      const { id, chunks, durationMs = 0 } = long;
      const damaged = chunks[Math.floor(chunks.length / 2)];
      damageChunk(product.demo.path('recordings'), id, damaged.index);

      const player = await browser.openRecording(id);
      const start = damaged.firstTime / MICROSECONDS_PER_MILLISECOND;
      await player.seek((start - MOMENT_MS) / durationMs);
      await player.play('1');
      await player.seeMessage(/^1 damaged part was left out: \d+:\d\d/);
      await player.see(/abcdefghijklmnopqrstuvwxyz 0/);
      await browser.screenshot('Replay with a damaged part');
      await player.seek(1);
      await player.see(/the output ends/);
    });

    test('shows a session while it goes on, and its end', async browser => {
      const { code } = await sessions.record(
        ['sh'],
        SIZE,
        async (terminal, running) => {
          await terminal.see(/[#$] /);
          const player = await browser.watchRecording(await running());
          for (const moment of ['first', 'second']) {
            terminal.type(`echo "the ${moment} moment"\r`);
            // What is typed stands in quotes.
            await player.see(new RegExp(`^the ${moment} moment`, 'm'));
          }
          await browser.screenshot('A session that goes on');
          terminal.type(`exit ${EXIT_CODE}\r`);
          await player.seeEndOfSession();
          await player.see(new RegExp(`exit ${EXIT_CODE}`));
        },
      );
      assert.equal(code, EXIT_CODE);
    });

    test('shows what was interrupted, and how it ended', async browser => {
      const { code, recording, times } = await sessions.record(
        ['sh'],
        SIZE,
        async terminal => {
          await terminal.see(/[#$] /);
          terminal.type('cat\r');
          await sleep(MOMENT_MS);
          terminal.type('shown twice\r');
          await terminal.see(/shown twice\s+shown twice/);
          await sleep(MOMENT_MS);
          terminal.type(CTRL_C);
          await terminal.see(/\^C[^]*[#$] /);
          terminal.type('echo "after $((40 + 2))"\r');
          await terminal.see(/after 42\s/);
          await sleep(MOMENT_MS);
          terminal.type(`exit ${EXIT_CODE}\r`);
        },
      );
      assert.equal(code, EXIT_CODE);
      assert.equal(recording.exitCode, EXIT_CODE);
      const [shown, interrupted] = await times([/shown twice/, /\^C/]);

      const player = await browser.openRecording(recording.id);
      await player.play('16');
      await player.seeEnd();
      await player.see(new RegExp(`\\^C[^]*after 42[^]*exit ${EXIT_CODE}`));
      await player.seeMarker(`exit ${EXIT_CODE}`);
      await browser.screenshot('Replay of an interrupted command');
      await player.seek((shown + interrupted) / 2);
      await player.see(/shown twice\s+shown twice/, /\^C|after 42/);
    });
  });
}

/** Changes the last byte of a chunk in the portal's store of files. */
function damageChunk(store: string, recordingId: string, index: number): void {
  const chunk = readdirSync(store, { recursive: true, encoding: 'utf8' }).find(
    path => path.includes(`${recordingId}/${index}-`),
  );
  assert.ok(chunk);
  const file = join(store, chunk);
  const bytes = readFileSync(file);
  bytes[bytes.length - 1] ^= 0xff;
  writeFileSync(file, bytes);
}
