import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConnectionsUnderTest } from './ConnectionsUnderTest';
import { EXIT_CODE } from './markers';

const COPIED_BYTES = 1_500_000;

/** Logs that are followed, and sessions: two rows for each. */
export function testSessionConnections(
  connections: ConnectionsUnderTest,
): void {
  connections.test('follows logs', async trail => {
    const { stdout } = await connections.kubectl.run(
      ['logs', '--follow', '--tail=1', 'web', '--container=main'],
      { until: /(tick \d+\n){2}/ },
    );
    assert.match(stdout, /(tick \d+\n){2}/);
    const [row] = await trail.has(
      { verb: 'get', resource: 'pods/log', resourceName: 'web' },
      1,
    );
    assert.match(row.requestUri, /[?&]follow=true/);
  });

  const exec = { resource: 'pods/exec', resourceName: 'web' } as const;
  const EXEC = ['exec', 'web', '--container=main'];

  connections.test('execs, and hands the exit code on', async trail => {
    const { code, stdout, stderr } = await connections.kubectl.run([
      ...EXEC,
      '--',
      'sh',
      '-c',
      `echo out; echo err >&2; exit ${EXIT_CODE}`,
    ]);
    assert.equal(code, EXIT_CODE);
    assert.equal(stdout, 'out\n');
    assert.match(stderr, /^err\n/);
    const [end] = await trail.hasSessions(exec, {
      count: 1,
      refused: connections.refusals,
    });
    assert.match(
      end,
      new RegExp(`, exit code ${EXIT_CODE}: the command ended`),
    );
  });

  connections.test('execs with stdin', async trail => {
    const input = 'all of it\n'.repeat(10_000);
    const stdout = await connections.ok([...EXEC, '-i', '--', 'cat'], {
      input,
    });
    assert.equal(stdout, input);
    await trail.hasSessions(exec, { count: 1, refused: connections.refusals });
  });

  connections.test('execs on a terminal', async trail => {
    const { code, output } = await connections.kubectl.runInTerminal(
      [...EXEC, '-it', '--', 'sh', '-c', 'echo ready; read a; echo "<$a>"'],
      { prompt: /ready/, type: 'typed\r' },
    );
    assert.equal(code, 0, output);
    assert.match(output, /<typed>/);
    const [end] = await trail.hasSessions(exec, {
      count: 1,
      refused: connections.refusals,
    });
    assert.match(end, /, exit code 0: the command ended/);
  });

  connections.test('attaches to a container', async trail => {
    const { output } = await connections.kubectl.runInTerminal(
      ['attach', '-it', 'web', '--container=side'],
      {
        prompt: /If you don't see a command prompt|\$|#/,
        type: 'echo "attached-$((40 + 2))"\r',
        until: /attached-42/,
      },
    );
    assert.match(output, /attached-42/);
    const [end] = await trail.hasSessions(
      { resource: 'pods/attach', resourceName: 'web' },
      { count: 1, refused: connections.refusals },
    );
    assert.match(end, /: the client closed the connection$/);
  });

  connections.test('copies files in both directions', async trail => {
    const sha256 = (data: Buffer) =>
      createHash('sha256').update(data).digest('hex');
    const directory = mkdtempSync(join(tmpdir(), 'kubernetes-audit-e2e-'));
    const copy = `/tmp/${connections.name}`;
    const content = randomBytes(COPIED_BYTES);
    const [there, back] = ['there', 'back'].map(file => join(directory, file));
    writeFileSync(there, content);
    await connections.ok(['cp', there, `web:${copy}`, '--container=main']);
    // It asks for a folder of that name first.
    await trail.hasSessions(exec, {
      count: 2,
      refused: 2 * connections.refusals,
    });
    const sum = await connections.ok([...EXEC, '--', 'sha256sum', copy]);
    assert.equal(sum.split(' ')[0], sha256(content));
    const download = await connections.beginTrail();
    await connections.ok(['cp', `web:${copy}`, back, '--container=main']);
    assert.equal(sha256(readFileSync(back)), sha256(content));
    const [end] = await download.hasSessions(exec, {
      count: 1,
      refused: connections.refusals,
    });
    assert.match(end, /^session ended after /);
    await connections.ok([...EXEC, '--', 'rm', copy]);
    rmSync(directory, { recursive: true });
  });

  connections.test('forwards a port', async trail => {
    await connections.kubectl.serve(
      ['port-forward', 'pod/web', ':8080'],
      /127\.0\.0\.1:(\d+) -> 8080/,
      async ([, port]) => {
        for (let i = 0; i < 2; i++) {
          const response = await fetch(`http://127.0.0.1:${port}/`);
          assert.ok(response.status < 500);
          await response.text();
        }
      },
    );
    await trail.hasSessions(
      { resource: 'pods/portforward', resourceName: 'web' },
      { count: 1, refused: connections.refusals },
    );
  });
}
