import { resources } from '../api/Resource';
import { completeObject } from './completeObject';
import { ObjectStore } from './ObjectStore';
import { PodStarter } from './PodStarter';

const NOW = Date.parse('2025-01-01T00:00:00Z');

describe('PodStarter', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  function createPod() {
    const now = () => NOW;
    const store = ObjectStore.create({ now, newUid: () => 'uid' });
    const starter = PodStarter.start(store, now);
    const draft = {
      metadata: { name: 'web', namespace: 'dev' },
      spec: { containers: [{ name: 'main' }] },
    };
    store.create(resources.pods, completeObject(resources.pods, draft, NOW));
    const pod = () => store.find(resources.pods, 'dev', 'web');
    return { store, starter, pod };
  }

  it('turns a new pod to Running after a second', () => {
    const { pod } = createPod();
    expect(pod()?.status).toMatchObject({ phase: 'Pending' });
    jest.advanceTimersByTime(1_000);
    expect(pod()?.status).toMatchObject({ phase: 'Running' });
  });

  it('starts nothing after it was stopped', () => {
    const { starter, pod } = createPod();
    starter.stop();
    jest.advanceTimersByTime(10_000);
    expect(pod()?.status).toMatchObject({ phase: 'Pending' });
  });

  it('leaves a pod alone that was deleted meanwhile', () => {
    const { store, pod } = createPod();
    store.delete(resources.pods, store.get(resources.pods, 'dev', 'web'));
    jest.advanceTimersByTime(1_000);
    expect(pod()).toBeUndefined();
  });
});
