import assert from 'node:assert/strict';
import { it } from 'node:test';
import { findKubectl } from '../support/findKubectl';
import { Kubectl, KubectlOptions } from '../support/Kubectl';
import { AuditTrail } from './AuditTrail';
import { ProductUnderTest } from './ProductUnderTest';

/** Of a kubectl: as old as the cluster, or the newest that is at hand. */
export type Age = 'old' | 'recent';

/** One kubectl, whose every way to talk to a cluster is tried. */
export class ConnectionsUnderTest {
  static create(product: ProductUnderTest, age: Age): ConnectionsUnderTest {
    return new ConnectionsUnderTest(product, age);
  }

  readonly age: Age;
  readonly product: ProductUnderTest;
  #kubectl: Kubectl | undefined;

  private constructor(product: ProductUnderTest, age: Age) {
    this.product = product;
    this.age = age;
  }

  /** Of what is made in the cluster. */
  get name(): string {
    return `connections-of-${this.age}`;
  }

  get kubectl(): Kubectl {
    const { cluster, demo } = this.product;
    this.#kubectl ??= Kubectl.create(
      demo.kubeconfig,
      this.age === 'old' ? cluster.oldKubectl : findKubectl(),
    );
    return this.#kubectl;
  }

  /** How often the cluster refuses a session over WebSocket, before kubectl asks for it over SPDY. */
  get refusals(): number {
    const { hasWebSocketV5 } = this.product.cluster;
    return this.age === 'old' || hasWebSocketV5 ? 0 : 1;
  }

  /** A path of the cluster's API, as `kubectl --raw` and `kubectl proxy` need it. */
  path(path: string): string {
    return `/clusters/${this.product.cluster.name}${path}`;
  }

  /** Adds a test where the cluster can do all of it. */
  test(title: string, run: (trail: AuditTrail) => Promise<void>): void {
    it(title, async t => {
      if (!this.product.cluster.isWhole) {
        t.skip('this cluster is no whole Kubernetes');
        return;
      }
      await run(await this.beginTrail());
    });
  }

  /** The rows of what is done from now on. */
  beginTrail(): Promise<AuditTrail> {
    return AuditTrail.begin(this.product);
  }

  /** Runs kubectl, which must succeed, and ends with its stdout. */
  async ok(args: string[], options?: KubectlOptions): Promise<string> {
    const result = await this.kubectl.run(args, options);
    assert.equal(result.code, 0, `${args.join(' ')}: ${result.stderr}`);
    return result.stdout;
  }
}
