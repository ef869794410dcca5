export * from './RequestHandler';
export * from './Sessions';
export * from './kubernetesStatus';
export * from './UnauthenticatedRefusals';
