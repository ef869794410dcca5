import { resources } from '../api/Resource';
import { runningStatus } from './completeObject';
import { KubernetesObject } from './KubernetesObject';
import { ObjectStore } from './ObjectStore';

const START_DELAY_MS = 1_000;

/** Turns each new pod to Running after a moment, as a kubelet would. */
export class PodStarter {
  private readonly timers = new Set<NodeJS.Timeout>();

  private constructor(
    private readonly store: ObjectStore,
    private readonly now: () => number,
  ) {}

  static start(store: ObjectStore, now: () => number): PodStarter {
    const starter = new PodStarter(store, now);
    store.subscribe(({ type, resource, object }) => {
      if (type === 'ADDED' && resource.name === 'pods')
        starter.schedule(object);
    });
    return starter;
  }

  stop(): void {
    this.timers.forEach(clearTimeout);
    this.timers.clear();
  }

  private schedule(pod: KubernetesObject): void {
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      const { namespace, name, uid } = pod.metadata;
      const current = this.store.find(resources.pods, namespace, name);
      if (current?.metadata.uid !== uid) return;
      this.store.replace(resources.pods, current, {
        ...current,
        status: runningStatus(current, this.now()),
      });
    }, START_DELAY_MS);
    timer.unref();
    this.timers.add(timer);
  }
}
