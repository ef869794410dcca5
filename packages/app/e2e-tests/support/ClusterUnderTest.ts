/** The cluster behind the proxy, and what it can do. */
export interface ClusterUnderTest {
  /** In the proxy's URL and in the rows. */
  name: string;
  /** For `npm start`: where the cluster is. */
  env: Record<string, string>;
  /** `v5.channel.k8s.io`: without it kubectl falls back to SPDY. */
  hasWebSocketV5: boolean;
  /** `kubectl auth whoami` */
  hasSelfSubjectReview: boolean;
  /** It does all that an API server and a kubelet do, as users of its namespace `dev`. */
  isWhole: boolean;
  /** A kubectl that is as old as the cluster. */
  oldKubectl?: string;
  /** Of who may do everything. */
  adminKubeconfig?: string;
  /** What the container of pod `web` prints again and again. */
  logLine: RegExp;
  /** The users whom the cluster saw impersonated, from its own audit log. */
  impersonatedUsers?: () => string[];
  stop(): Promise<void>;
}
