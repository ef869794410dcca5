export interface Config {
  kubernetesAudit?: {
    kubernetesPlugin?: {
      /** Whether Backstage's Kubernetes plugin is not to ask for pods' metrics, which clusters without a metrics server do not have. */
      skipMetricsLookup?: boolean;
    };
  };
}
