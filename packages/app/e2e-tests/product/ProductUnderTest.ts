import assert from 'node:assert/strict';
import { ClusterUnderTest } from '../support/ClusterUnderTest';
import { Demo } from '../support/Demo';
import { Kubectl, KubectlOptions } from '../support/Kubectl';
import { Portal } from '../support/Portal';

export interface ProductOptions {
  /** Names the suite and its screenshots. */
  title: string;
  portBase: number;
  /** Everything that the demo writes. */
  directory: string;
  startCluster: () => Promise<ClusterUnderTest>;
  /** Whether sessions on a terminal are replayed, which takes its time. */
  withReplays: boolean;
  /** Whether axe looks at the pages: once is enough. */
  withAccessibility: boolean;
  /** Whether Backstage's own Kubernetes plugin is tried: it shows pods of Deployments, which no controller makes in a cluster without one. */
  withKubernetesPlugin: boolean;
}

/** The running demo, and those who use it. */
export class ProductUnderTest {
  static create(options: ProductOptions): ProductUnderTest {
    return new ProductUnderTest(options);
  }

  readonly #options: ProductOptions;
  #cluster: ClusterUnderTest | undefined;
  #demo: Demo | undefined;
  #kubectl: Kubectl | undefined;
  #portal: Portal | undefined;

  private constructor(options: ProductOptions) {
    this.#options = options;
  }

  get title(): string {
    return this.#options.title;
  }

  get portBase(): number {
    return this.#options.portBase;
  }

  get directory(): string {
    return this.#options.directory;
  }

  get cluster(): ClusterUnderTest {
    return started(this.#cluster);
  }

  get demo(): Demo {
    return started(this.#demo);
  }

  get kubectl(): Kubectl {
    return started(this.#kubectl);
  }

  get portal(): Portal {
    return started(this.#portal);
  }

  /** @param env - for this start, beside what the cluster needs */
  async start(env?: Record<string, string>): Promise<void> {
    this.#cluster ??= await this.#options.startCluster();
    this.#demo ??= Demo.create({ ...this.#options, env: this.#cluster.env });
    await this.#demo.start(env);
    this.#kubectl = Kubectl.create(this.#demo.kubeconfig);
    this.#portal = await Portal.signIn(this.#demo.env().BACKEND_URL);
  }

  async remove(): Promise<void> {
    await this.#demo?.remove();
    await this.#cluster?.stop();
  }

  /** Runs kubectl, which must succeed. */
  async kubectlOk(args: string[], options?: KubectlOptions) {
    const result = await this.kubectl.run(args, options);
    assert.equal(result.code, 0, `${args.join(' ')}: ${result.stderr}`);
    return result;
  }
}

function started<T>(part: T | undefined): T {
  if (!part) throw new Error('the product did not start');
  return part;
}
