export * from './RequestHandler';
export * from './RunningCalls';
export * from './Sessions';
export * from './kubernetesStatus';
export * from './UnauthenticatedRefusals';
export * from './UpstreamTroubles';
