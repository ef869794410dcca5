import assert from 'node:assert/strict';
import { ConnectionsUnderTest } from './ConnectionsUnderTest';

const NODE = '127.0.0.1';

/** What is no object of a namespace, and what kubectl does by the way. */
export function testOtherConnections(connections: ConnectionsUnderTest): void {
  connections.test(
    'stands in front of the proxy as one itself',
    async trail => {
      await connections.kubectl.serve(
        ['proxy', '--port=0'],
        /127\.0\.0\.1:(\d+)/,
        async ([, port]) => {
          const pods = '/api/v1/namespaces/dev/pods/web';
          const response = await fetch(
            `http://127.0.0.1:${port}${connections.path(pods)}`,
          );
          const pod = await response.json();
          assert.equal(pod.kind, 'Pod');
        },
      );
      await trail.has(
        { verb: 'get', resource: 'pods', resourceName: 'web' },
        1,
      );
    },
  );

  connections.test(
    'may not cordon nor drain what the cluster denies it',
    async trail => {
      for (const args of [
        ['cordon', NODE],
        ['drain', NODE, '--dry-run=client', '--ignore-daemonsets'],
      ]) {
        const { code, stderr } = await connections.kubectl.run(args);
        assert.equal(code, 1);
        assert.match(stderr, /User "guest" cannot get resource "nodes"/);
      }
      await trail.has(
        {
          verb: 'get',
          resource: 'nodes',
          resourceName: NODE,
          result: 'failure',
          statusCode: 403,
        },
        2,
      );
    },
  );

  connections.test('asks what it may do', async trail => {
    assert.match(
      await connections.ok(['auth', 'can-i', 'create', 'pods']),
      /^yes/m,
    );
    const { code, stdout } = await connections.kubectl.run([
      'auth',
      'can-i',
      'delete',
      'pods',
      '--namespace=prod',
    ]);
    assert.equal(code, 1);
    assert.match(stdout, /^no/m);
    await trail.has(
      {
        verb: 'create',
        resource: 'selfsubjectaccessreviews',
        result: 'success',
        statusCode: 201,
      },
      2,
    );
  });

  connections.test('reads what is no resource', async trail => {
    const version = JSON.parse(
      await connections.ok(['get', '--raw', connections.path('/version')]),
    );
    assert.match(version.gitVersion, /^v1\./);
    const openApi = JSON.parse(
      await connections.ok(['get', '--raw', connections.path('/openapi/v2')]),
    );
    assert.equal(openApi.swagger, '2.0');
    const { code, stderr } = await connections.kubectl.run([
      'get',
      '--raw',
      connections.path('/metrics'),
    ]);
    assert.equal(code, 1);
    assert.match(stderr, /Forbidden/);
    await trail.has({ verb: 'get', requestUri: '/version', statusCode: 200 });
    await trail.has({
      verb: 'get',
      requestUri: '/openapi/v2',
      result: 'success',
    });
    await trail.has({
      verb: 'get',
      requestUri: '/metrics',
      result: 'failure',
      statusCode: 403,
    });
  });

  connections.test('discovers and explains resources', async trail => {
    assert.match(await connections.ok(['api-resources']), /^configmaps +cm +/m);
    await trail.has({ verb: 'get', requestUri: '/api?timeout=32s' });
    assert.match(
      await connections.ok(['explain', 'pod.spec']),
      /^ +containers\s/m,
    );
  });
}
