export * from './EntityScope';
export * from './isKubernetesCallsAvailable';
export * from './kubernetesAnnotations';
