import type { Logger } from 'pino';
import { durationToMilliseconds } from 'backstage-plugin-kubernetes-audit-common';
import type { PolicyAge, RequestBudget } from './authz';
import { ProxyConfig, restartOnlyChanges } from './config';
import type { Sessions, UnauthenticatedRefusals } from './forward';
import type { ProxyServer } from './server';
import type { UpstreamClusters } from './upstream';

/** The parts of a proxy that take another configuration over while they run. */
type LiveParts = {
  clusters: UpstreamClusters;
  server: ProxyServer;
  budget: RequestBudget;
  sessions: Sessions;
  unauthenticated: UnauthenticatedRefusals;
  policyAge: PolicyAge;
  logger: Logger;
  /** Another configuration is in force. */
  onChange: () => void;
};

/** The configuration that is in force. */
export class LiveConfig {
  readonly #started: ProxyConfig;
  #current: ProxyConfig;

  static create(config: ProxyConfig): LiveConfig {
    return new LiveConfig(config);
  }

  private constructor(config: ProxyConfig) {
    this.#started = config;
    this.#current = config;
  }

  get current(): ProxyConfig {
    return this.#current;
  }

  /**
   * Takes another configuration over, as far as that can be while a proxy runs,
   * and logs what has to wait for its next start.
   *
   * @throws Error when it cannot be used, and nothing changes
   */
  use(next: ProxyConfig, parts: LiveParts): void {
    const { logger } = parts;
    const useClusters = parts.clusters.prepare(next.clusters);
    const useCertificate = parts.server.prepare(next.server);
    // From here on nothing fails.
    const clusters = useClusters();
    useCertificate();
    parts.budget.use(next.limits);
    parts.sessions.use(next.limits);
    parts.unauthenticated.use({
      perSecond: next.limits.unauthenticatedPerSecond,
    });
    parts.policyAge.use({
      maxAgeMs: durationToMilliseconds(next.policy.maxAge),
      breakGlassFile: next.policy.breakGlassFile,
    });
    if (next.log.level !== this.#current.log.level) {
      logger.level = next.log.level;
    }
    this.#current = next;
    parts.onChange();
    logger.info({ clusters }, 'the configuration was reloaded');
    const later = restartOnlyChanges(this.#started, next);
    if (later.length > 0) {
      logger.warn(
        { keys: later },
        `${later.join(', ')}: takes effect at the next start`,
      );
    }
  }
}
