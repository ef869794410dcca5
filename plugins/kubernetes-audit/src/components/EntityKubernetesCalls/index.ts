export { EntityKubernetesCalls } from './EntityKubernetesCalls';
