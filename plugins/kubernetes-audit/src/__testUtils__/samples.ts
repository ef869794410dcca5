import type {
  RecordingDetail,
  StoredRequestAuditEvent,
} from 'backstage-plugin-kubernetes-audit-common';

/** A call with every field. */
export function sampleEvent(
  overrides: Partial<StoredRequestAuditEvent> = {},
): StoredRequestAuditEvent {
  return {
    id: '0193a000-0000-7000-8000-000000000001',
    number: 4711,
    executedAt: '2026-11-22T09:14:03.120Z',
    result: 'success',
    message: 'Created',
    userName: 'jane',
    userEmail: 'jane@example.com',
    userEntityRef: 'user:default/jane',
    clientIp: '10.0.0.7',
    clientName: 'kubectl/v1.27.3',
    clusterName: 'prod-eu',
    clusterEndpoint: 'https://10.0.0.1:6443',
    role: 'payments-developer',
    namespace: 'payments',
    verb: 'create',
    resource: 'configmaps',
    resourceName: 'flags',
    apiGroup: '',
    apiVersion: 'v1',
    requestUri: '/api/v1/namespaces/payments/configmaps',
    impersonatedUser: 'deploy-bot',
    impersonatedGroups: ['deployers'],
    kubernetesGroups: ['developers', 'system:authenticated'],
    requestBody: 'kind: ConfigMap\n',
    requestBodySize: 16,
    statusCode: 201,
    latencyMs: 12,
    tunnelAgentName: 'tunnel-a',
    tunnelTag: 'site=fra1',
    agentId: 'demo-proxy',
    sequence: 1,
    connectedFrom: 'Proxy',
    ...overrides,
  };
}

/** A session with a terminal. */
export function sampleRecording(
  overrides: Partial<RecordingDetail> = {},
): RecordingDetail {
  return {
    id: '00000000-0000-7000-8000-000000000001',
    sessionId: '00000000-0000-7000-8000-000000000002',
    number: 12,
    name: 'jane_20261122T091403Z',
    startedAt: '2026-11-22T09:14:03.000Z',
    userName: 'jane',
    userEmail: 'jane@example.com',
    clientIp: '10.0.0.7',
    clientName: 'kubectl/v1.27.3',
    clusterName: 'prod-eu',
    role: 'payments-developer',
    namespace: 'payments',
    podName: 'api-0',
    container: 'api',
    kind: 'exec',
    command: ['sh'],
    tty: true,
    size: { columns: 80, rows: 24 },
    connectedFrom: 'Proxy',
    agentId: 'demo-proxy',
    status: 'complete',
    durationMs: 10_000,
    exitCode: 0,
    sizeBytes: 1000,
    maxPlaybackSize: 700 * 1024 * 1024,
    exportEncryption: 'optional',
    chunks: [],
    ...overrides,
  };
}
