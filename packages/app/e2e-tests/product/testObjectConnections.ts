import assert from 'node:assert/strict';
import { Age, ConnectionsUnderTest } from './ConnectionsUnderTest';

/** As which a kubectl introduces itself. */
const CLIENTS: Record<Age, RegExp> = {
  old: /^kubectl\/v1\.[12]\d\./,
  recent: /^kubectl\/v1\.[3-9]\d\./,
};

/** Objects are read, watched and changed in each way. */
export function testObjectConnections(connections: ConnectionsUnderTest): void {
  const { name } = connections;
  const changed = { resource: 'configmaps', resourceName: name } as const;
  const clients = CLIENTS[connections.age];

  connections.test('gets, as a table and as YAML', async trail => {
    assert.match(
      await connections.ok(['get', 'pod', 'web']),
      /^web +2\/2 +Running/m,
    );
    assert.match(
      await connections.ok(['get', 'pod', 'web', '-o', 'yaml']),
      /^kind: Pod$/m,
    );
    const rows = await trail.has(
      { verb: 'get', resource: 'pods', resourceName: 'web', result: 'success' },
      2,
    );
    for (const { clientName } of rows) assert.match(clientName ?? '', clients);
  });

  connections.test('creates, and lists in chunks', async () => {
    const names = [1, 2, 3].map(n => `${name}-${n}`);
    // Of a run that was broken off.
    await connections.kubectl.run(['delete', 'configmap', name, ...names]);
    const since = await connections.beginTrail();
    for (const each of names) {
      await connections.ok(['create', 'configmap', each, '--from-literal=a=1']);
      await since.has({
        verb: 'create',
        resource: 'configmaps',
        resourceName: each,
        result: 'success',
        statusCode: 201,
      });
    }
    const listed = await connections.ok([
      'get',
      'configmaps',
      '--chunk-size=2',
      '-oname',
    ]);
    for (const each of names) assert.ok(listed.includes(`configmap/${each}\n`));
    const rows = await since.has({ verb: 'list', resource: 'configmaps' });
    assert.ok(rows.length >= 2);
    assert.ok(rows.some(({ requestUri }) => /[?&]continue=/.test(requestUri)));
    await connections.ok(['delete', 'configmap', ...names]);
    for (const each of names) {
      await since.has(
        { verb: 'delete', resource: 'configmaps', resourceName: each },
        1,
      );
    }
  });

  connections.test(
    'applies, labels, annotates and patches in each way',
    async trail => {
      const manifest = (value: string) =>
        JSON.stringify({
          apiVersion: 'v1',
          kind: 'ConfigMap',
          metadata: { name },
          data: { applied: value },
        });
      await connections.ok(['apply', '-f-'], { input: manifest('first') });
      await trail.has({ ...changed, verb: 'create', result: 'success' }, 1);
      await connections.ok(['apply', '-f-'], { input: manifest('second') });
      await connections.ok(['label', 'configmap', name, 'labelled=yes']);
      await connections.ok(['annotate', 'configmap', name, 'annotated=yes']);
      for (const [type, patch] of [
        ['json', [{ op: 'add', path: '/data/json', value: 'yes' }]],
        ['merge', { data: { merge: 'yes' } }],
        ['strategic', { data: { strategic: 'yes' } }],
      ] as const) {
        await connections.ok([
          'patch',
          'configmap',
          name,
          `--type=${type}`,
          `--patch=${JSON.stringify(patch)}`,
        ]);
      }
      const { data, metadata } = JSON.parse(
        await connections.ok(['get', 'configmap', name, '-ojson']),
      );
      assert.deepEqual(data, {
        applied: 'second',
        json: 'yes',
        merge: 'yes',
        strategic: 'yes',
      });
      assert.equal(metadata.labels.labelled, 'yes');
      assert.equal(metadata.annotations.annotated, 'yes');
      const rows = await trail.has(
        { ...changed, verb: 'patch', result: 'success' },
        6,
      );
      const bodies = await Promise.all(
        rows.map(
          async ({ id }) =>
            (
              await connections.product.portal.event(id)
            ).requestBody,
        ),
      );
      for (const part of ['second', 'labelled', 'annotated', '/data/json']) {
        assert.ok(
          bodies.some(body => body?.includes(part)),
          part,
        );
      }
    },
  );

  connections.test('watches', async trail => {
    let changes = 0;
    let isOver = false;
    const watch = connections.kubectl
      .run(['get', 'configmap', name, '--watch', '-oname'], {
        until: new RegExp(`(configmap/${name}\n){2}`),
      })
      .finally(() => {
        isOver = true;
      });
    while (!isOver) {
      changes++;
      await connections.ok([
        'label',
        'configmap',
        name,
        '--overwrite',
        `n=${changes}`,
      ]);
    }
    assert.match((await watch).stdout, /(configmap\/.*\n){2}/);
    await trail.has({ ...changed, verb: 'watch', result: 'success' });
  });

  connections.test('waits, and deletes', async trail => {
    await connections.ok([
      'wait',
      'pod/web',
      '--for=condition=Ready',
      '--timeout=20s',
    ]);
    await trail.has({ resource: 'pods', resourceName: 'web' });
    const gone = connections.ok([
      'wait',
      `configmap/${name}`,
      '--for=delete',
      '--timeout=20s',
    ]);
    await trail.has({ ...changed, verb: 'watch' });
    await connections.ok(['delete', 'configmap', name, '--wait=false']);
    await gone;
    await trail.has({ ...changed, verb: 'delete', statusCode: 200 }, 1);
  });
}
