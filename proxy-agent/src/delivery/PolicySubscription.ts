import { mkdirSync, readFileSync, statSync, utimesSync } from 'node:fs';
import { calculateJwkThumbprint, compactVerify, createLocalJWKSet } from 'jose';
import type { Logger } from 'pino';
import { z } from 'zod';
import {
  PolicyAnswer,
  policyAnswerSchema,
  PolicyBundle,
  policyBundleSchema,
  PublicKey,
  publicKeySchema,
} from 'backstage-plugin-kubernetes-audit-common';
import { writeFileAtomically } from '../spool';
import { DeliveryLoop } from './DeliveryLoop';
import { followKeyChain, SIGNATURE_ALGORITHMS } from './followKeyChain';
import { PortalClient, PortalError } from './PortalClient';

/** How long the portal may hold a poll open, in seconds. */
const WAIT_SECONDS = 25;
/** A pause between polls, so that a portal that does not hold them is not flooded, in milliseconds. */
const PAUSE_MS = 1000;

/** Characters of the portal's message that are shown. */
const MAX_SHOWN_MESSAGE = 200;

/** An error body of Backstage. */
const errorSchema = z.object({ error: z.object({ message: z.string() }) });

/** Why a poll failed, in words for an operator. */
function describeFailure(error: Error): string {
  if (!(error instanceof PortalError)) {
    return `the portal gave no policy: ${error.message}`;
  }
  const message = errorSchema.safeParse(error.content).data?.error.message;
  return `the portal answered ${error.statusCode}${
    message ? `: ${message.slice(0, MAX_SHOWN_MESSAGE)}` : ''
  }`;
}

const keySetSchema = z.object({ keys: z.array(publicKeySchema).min(1) });

/**
 * The policy bundle, from the portal's long poll and the cache on the disk.
 *
 * Trust: the first bundle must be signed by a key that the portal publishes
 * and that is one of the configured anchors, if there are any; each later one
 * by a key that the bundle before it names. In both cases a key will do that
 * such a key endorses, over as many others as there were since: so keys rotate
 * also while this agent is away, and whoever can only stand between cannot
 * bring in a policy of his own after enrolment.
 */
export class PolicySubscription {
  readonly #portal: Pick<PortalClient, 'call'>;
  readonly #cacheFile: string;
  readonly #trustAnchors: string[] | undefined;
  readonly #logger: Logger;
  readonly #loop: DeliveryLoop;
  readonly #listeners = new Set<(bundle: PolicyBundle) => void>();
  #bundle: PolicyBundle | undefined;
  /** The bundle is on the disk. */
  #cached: boolean;
  #clusters: string[] | undefined;
  #etag: string | undefined;
  #confirmedAt: number | undefined;
  #confirmedNow = false;
  #failure: string | undefined;

  /** Starts with the bundle that is cached in the directory, if there is one. */
  static create(options: {
    portal: Pick<PortalClient, 'call'>;
    directory: string;
    trustAnchors: string[] | undefined;
    logger: Logger;
  }): PolicySubscription {
    return new PolicySubscription(options);
  }

  private constructor(options: {
    portal: Pick<PortalClient, 'call'>;
    directory: string;
    trustAnchors: string[] | undefined;
    logger: Logger;
  }) {
    this.#portal = options.portal;
    this.#trustAnchors = options.trustAnchors;
    this.#logger = options.logger;
    mkdirSync(options.directory, { recursive: true, mode: 0o700 });
    this.#cacheFile = `${options.directory}/bundle.json`;
    this.#bundle = this.#readCache();
    this.#cached = this.#bundle !== undefined;
    // The file's time says when the portal last confirmed what is in it.
    this.#confirmedAt =
      this.#bundle && statSync(this.#cacheFile).mtime.getTime();
    this.#loop = DeliveryLoop.create({
      name: 'fetching the policy',
      idleMs: PAUSE_MS,
      logger: options.logger,
      step: signal => this.#step(signal),
    });
  }

  /** The policy in force; undefined until the first one has come. */
  get bundle(): PolicyBundle | undefined {
    return this.#bundle;
  }

  /** Globs of the clusters that the portal takes records of; undefined while it has not said so. */
  get clusters(): readonly string[] | undefined {
    return this.#clusters;
  }

  /** When the portal last confirmed the policy, in milliseconds since 1970, also before a restart. */
  get confirmedAt(): number | undefined {
    return this.#confirmedAt;
  }

  /** The portal has not confirmed the policy since the start. */
  get fromCache(): boolean {
    return !this.#confirmedNow;
  }

  /** Why the portal was last asked in vain, in words for an operator; undefined when it was not in vain. */
  get failure(): string | undefined {
    return this.#failure;
  }

  /** Calls the listener with each policy that comes into force, at once with the one that is. */
  subscribe(listener: (bundle: PolicyBundle) => void): void {
    this.#listeners.add(listener);
    if (this.#bundle) {
      listener(this.#bundle);
    }
  }

  start(): void {
    this.#loop.start();
  }

  async stop(): Promise<void> {
    await this.#loop.stop();
  }

  #readCache(): PolicyBundle | undefined {
    try {
      return policyBundleSchema.parse(
        JSON.parse(readFileSync(this.#cacheFile, 'utf8')),
      );
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') {
        this.#logger.warn(
          { error: (error as Error).message },
          'the cached policy cannot be used',
        );
      }
      return undefined;
    }
  }

  async #step(signal: AbortSignal): Promise<'idle'> {
    try {
      const state = await this.#poll(signal);
      this.#failure = undefined;
      return state;
    } catch (error) {
      this.#failure = describeFailure(error as Error);
      throw error;
    }
  }

  async #poll(signal: AbortSignal): Promise<'idle'> {
    const wait = this.#etag ? `?wait=${WAIT_SECONDS}` : '';
    const answer = await this.#portal.call('GET', `/v1/agent/bundle${wait}`, {
      headers: this.#etag ? { 'if-none-match': this.#etag } : {},
      extraTimeoutMs: WAIT_SECONDS * 1000,
      signal,
    });
    if (answer.statusCode === 304) {
      if (!this.#bundle) {
        throw new Error(
          'the portal says that nothing has changed since nothing',
        );
      }
      this.#confirm();
      return 'idle';
    }
    const content = policyAnswerSchema.parse(
      JSON.parse(answer.body.toString('utf8')),
    );
    const bundle = await this.#verify(content);
    this.#clusters = content.clusters;
    if (bundle.version !== this.#bundle?.version) {
      this.#bundle = bundle;
      this.#cached = false;
      this.#logger.info(
        { version: bundle.version, roles: bundle.roles.length },
        'policy in force',
      );
      this.#listeners.forEach(listener => listener(bundle));
    }
    this.#etag = answer.etag;
    this.#confirm();
    return 'idle';
  }

  #confirm(): void {
    const now = new Date();
    this.#confirmedAt = now.getTime();
    this.#confirmedNow = true;
    try {
      if (!this.#cached) {
        writeFileAtomically(this.#cacheFile, JSON.stringify(this.#bundle));
        this.#cached = true;
      }
      utimesSync(this.#cacheFile, now, now);
    } catch (error) {
      // It is in force all the same: a full disk must not keep a revocation out.
      this.#logger.warn(
        { error: (error as Error).message },
        'the policy cannot be cached',
      );
    }
  }

  async #verify({
    bundle: jws,
    keyChain,
  }: PolicyAnswer): Promise<PolicyBundle> {
    const keys = await this.#trustedKeys(keyChain ?? []);
    const { payload } = await compactVerify(jws, createLocalJWKSet({ keys }), {
      algorithms: SIGNATURE_ALGORITHMS,
    });
    const bundle = policyBundleSchema.parse(
      JSON.parse(Buffer.from(payload).toString('utf8')),
    );
    if (this.#bundle && bundle.version < this.#bundle.version) {
      throw new Error(
        `the portal offers policy ${bundle.version}, older than ${
          this.#bundle.version
        }, which is in force`,
      );
    }
    return bundle;
  }

  /** The keys that may sign the next bundle. */
  async #trustedKeys(keyChain: string[]): Promise<PublicKey[]> {
    const known = this.#bundle?.keys ?? (await this.#fetchPublishedKeys());
    const thumbprints = await Promise.all(
      known.map(key => calculateJwkThumbprint(key)),
    );
    const trusted = (!this.#bundle && this.#trustAnchors) || thumbprints;
    const keys = new Map<string, PublicKey>();
    known.forEach((key, i) => {
      if (trusted.includes(thumbprints[i])) {
        keys.set(thumbprints[i], key);
      }
    });
    for (const key of await followKeyChain(trusted, keyChain)) {
      keys.set(await calculateJwkThumbprint(key), key);
    }
    if (keys.size === 0) {
      throw new Error(
        `none of the portal's keys (${thumbprints.join(
          ', ',
        )}) is a trust anchor of this agent`,
      );
    }
    return [...keys.values()];
  }

  async #fetchPublishedKeys(): Promise<PublicKey[]> {
    const answer = await this.#portal.call('GET', '/.well-known/jwks.json');
    return keySetSchema.parse(JSON.parse(answer.body.toString('utf8'))).keys;
  }
}
