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
  const getRecording = jest.fn(overrides.getRecording ?? refuse);
  const getRecordingChunk = jest.fn(overrides.getRecordingChunk ?? refuse);
  // As the portal does it that has not looked through the recording yet.
  const openRecording: KubernetesAuditApi['openRecording'] = async (
    id,
    _time,
    options,
  ) => {
    const recording = await getRecording(id, options);
    const { chunks, maxPlaybackSize = Infinity, sizeBytes } = recording;
    const first =
      chunks.length > 0 && sizeBytes <= maxPlaybackSize
        ? await getRecordingChunk(id, 0).catch(() => undefined)
        : undefined;
    return {
      recording,
      moment: { chunks: first ? [{ index: 0, bytes: first }] : [] },
    };
  };
  return {
    openRecording: jest.fn(overrides.openRecording ?? openRecording),
    listEvents: jest.fn(overrides.listEvents ?? refuse),
    // As of a portal where nothing was called in the range.
    getEventHistogram: jest.fn(
      overrides.getEventHistogram ??
        (async () => ({ widthMs: 900_000, items: [] })),
    ),
    getEvent: jest.fn(overrides.getEvent ?? refuse),
    listAgents: jest.fn(overrides.listAgents ?? refuse),
    listJoinTokens: jest.fn(overrides.listJoinTokens ?? refuse),
    issueJoinToken: jest.fn(overrides.issueJoinToken ?? refuse),
    revokeJoinToken: jest.fn(overrides.revokeJoinToken ?? refuse),
    revokeTunnelAgent: jest.fn(overrides.revokeTunnelAgent ?? refuse),
    // As of agents that have sent all that they have.
    getDelivery: jest.fn(
      overrides.getDelivery ?? (async () => ({ gaps: [], clockSkews: [] })),
    ),
    listDeadLetters: jest.fn(overrides.listDeadLetters ?? refuse),
    downloadEvents: jest.fn(overrides.downloadEvents ?? refuse),
    exportEvents: jest.fn(overrides.exportEvents ?? refuse),
    getSettings: jest.fn(
      overrides.getSettings ??
        (async () => ({ exportEncryption: 'optional' as const })),
    ),
    listRecordings: jest.fn(overrides.listRecordings ?? refuse),
    getRecording,
    getRecordingChunk,
    getRecordingTimeline: jest.fn(
      overrides.getRecordingTimeline ?? refuseNotFound,
    ),
    getRecordingMoment: jest.fn(overrides.getRecordingMoment ?? refuseNotFound),
    getRecordingText: jest.fn(overrides.getRecordingText ?? refuseNotFound),
    downloadRecording: jest.fn(overrides.downloadRecording ?? refuse),
    exportRecording: jest.fn(overrides.exportRecording ?? refuse),
    getAccess: jest.fn(overrides.getAccess ?? refuse),
    issueKubeconfig: jest.fn(overrides.issueKubeconfig ?? refuse),
    listCredentials: jest.fn(overrides.listCredentials ?? refuse),
    revokeCredential: jest.fn(overrides.revokeCredential ?? refuse),
    revokeUser: jest.fn(overrides.revokeUser ?? refuse),
    findLogin: jest.fn(overrides.findLogin ?? refuse),
    decideLogin: jest.fn(overrides.decideLogin ?? refuse),
    getRoles: jest.fn(overrides.getRoles ?? refuse),
    explainDecision: jest.fn(overrides.explainDecision ?? refuse),
  };
}
