import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { eventually } from '../support/eventually';
import { assertFields } from '../support/assertFields';
import {
  EXIT_CODE,
  PIPE_MARKER,
  SESSION_COUNT,
  SPDY_MARKER,
  TERMINAL_MARKER,
  TERMINAL_SIZE,
} from './markers';
import { ProductUnderTest } from './ProductUnderTest';

/** The sessions of {@link testKubectl}, as recordings. */
export function testRecordings(product: ProductUnderTest): void {
  describe('recordings', () => {
    it('are complete', async () => {
      const recordings = await eventually(async () => {
        const found = await product.portal.recordings();
        assert.equal(found.length, SESSION_COUNT);
        assert.ok(found.every(({ status }) => status === 'complete'));
        return found;
      });
      for (const recording of recordings) {
        assertFields(recording, {
          userName: 'guest',
          userEmail: 'guest@example.com',
          clientIp: '127.0.0.1',
          clusterName: product.cluster.name,
          role: 'demo-developer',
          namespace: 'dev',
          podName: 'web',
          connectedFrom: 'Proxy',
        });
        assert.match(recording.name, /^guest_/);
        assert.ok(recording.sizeBytes > 0);
        assert.ok((recording.durationMs ?? -1) >= 0);
      }
      const terminals = recordings.filter(({ tty }) => tty);
      assert.equal(terminals.length, 2);
      for (const recording of terminals) {
        assertFields(recording, { exitCode: EXIT_CODE });
      }
    });

    it('download as asciicast v2 with what was on the terminal', async () => {
      const recordings = await product.portal.recordings();
      for (const { id } of recordings.filter(({ tty }) => tty)) {
        const [head, ...lines] = (await product.portal.asciicast(id))
          .trimEnd()
          .split('\n')
          .map(line => JSON.parse(line));
        assert.equal(head.version, 2);
        // What is shown before kubectl tells the size has that of the header.
        let size = `${head.width}x${head.height}`;
        let last = 0;
        for (const [time, kind, data] of lines) {
          assert.ok(time >= last);
          assert.match(kind, /^[oirmx]$/);
          assert.equal(typeof data, 'string');
          last = time;
          if (kind === 'r') size = data;
        }
        assert.equal(size, TERMINAL_SIZE);
        const output = lines
          .filter(([, kind]) => kind === 'o')
          .map(([, , data]) => data)
          .join('');
        assert.match(output, new RegExp(`got-${TERMINAL_MARKER}`));
      }
    });

    it('hold what went through a pipe', async () => {
      const recordings = await product.portal.recordings();
      const casts = await Promise.all(
        recordings
          .filter(({ tty }) => !tty)
          .map(({ id }) => product.portal.asciicast(id)),
      );
      for (const marker of [PIPE_MARKER, SPDY_MARKER]) {
        assert.ok(casts.some(cast => cast.includes(marker)));
      }
    });
  });
}
