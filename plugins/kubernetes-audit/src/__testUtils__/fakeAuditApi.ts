import type { KubernetesAuditApi } from '../api';

/** An API of which a test defines what it needs; the rest is refused. */
export function fakeAuditApi(
  overrides: Partial<KubernetesAuditApi> = {},
): jest.Mocked<KubernetesAuditApi> {
  const refuse = async () => {
    throw new Error('the test does not expect this call');
  };
  return {
    listEvents: jest.fn(overrides.listEvents ?? refuse),
    getEvent: jest.fn(overrides.getEvent ?? refuse),
    listRecordings: jest.fn(overrides.listRecordings ?? refuse),
    getRecording: jest.fn(overrides.getRecording ?? refuse),
    getRecordingChunk: jest.fn(overrides.getRecordingChunk ?? refuse),
    downloadRecording: jest.fn(overrides.downloadRecording ?? refuse),
    exportRecording: jest.fn(overrides.exportRecording ?? refuse),
  };
}
