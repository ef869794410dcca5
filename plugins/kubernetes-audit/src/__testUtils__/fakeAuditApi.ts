import { NotFoundError } from '@backstage/errors';
import type { KubernetesAuditApi } from '../api';

/** An API of which a test defines what it needs; the rest is refused. */
export function fakeAuditApi(
  overrides: Partial<KubernetesAuditApi> = {},
): jest.Mocked<KubernetesAuditApi> {
  const refuse = async () => {
    throw new Error('the test does not expect this call');
  };
  // As of a recording that the portal has not looked through yet.
  const refuseNotFound = async () => {
    throw new NotFoundError('not indexed yet');
  };
  return {
    listEvents: jest.fn(overrides.listEvents ?? refuse),
    getEvent: jest.fn(overrides.getEvent ?? refuse),
    listRecordings: jest.fn(overrides.listRecordings ?? refuse),
    getRecording: jest.fn(overrides.getRecording ?? refuse),
    getRecordingChunk: jest.fn(overrides.getRecordingChunk ?? refuse),
    getRecordingTimeline: jest.fn(
      overrides.getRecordingTimeline ?? refuseNotFound,
    ),
    getRecordingKeyframe: jest.fn(
      overrides.getRecordingKeyframe ?? refuseNotFound,
    ),
    getRecordingText: jest.fn(overrides.getRecordingText ?? refuseNotFound),
    downloadRecording: jest.fn(overrides.downloadRecording ?? refuse),
    exportRecording: jest.fn(overrides.exportRecording ?? refuse),
  };
}
