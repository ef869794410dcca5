import type { KubernetesAuditApi } from '../api';

/** An API of which a test defines what it needs; the rest is refused. */
export function fakeAuditApi(
  overrides: Partial<jest.Mocked<KubernetesAuditApi>> = {},
): jest.Mocked<KubernetesAuditApi> {
  const refuse = async () => {
    throw new Error('the test does not expect this call');
  };
  return {
    listEvents: jest.fn(refuse),
    getEvent: jest.fn(refuse),
    listRecordings: jest.fn(refuse),
    getRecording: jest.fn(refuse),
    getRecordingChunk: jest.fn(refuse),
    downloadRecording: jest.fn(refuse),
    exportRecording: jest.fn(refuse),
    ...overrides,
  };
}
