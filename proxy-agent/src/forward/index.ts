export * from './RequestHandler';
export * from './RunningCalls';
export * from './Sessions';
export * from './kubernetesStatus';
export * from './UnauthenticatedRefusals';
export * from './UpstreamTroubles';
// What a tunnel agent forwards with, too.
export * from './askForUpgrade';
export * from './ConnectionPair';
export * from './Exchange';
export * from './relayUpgradeRefusal';
export * from './requestBody';
export * from './respondOnSocket';
export * from './switchingProtocols';
export { relayedRequestHeaders } from './upstreamHeaders';
export * from './WaitingClient';
