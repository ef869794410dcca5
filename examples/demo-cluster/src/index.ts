export {
  startDemoCluster,
  type DemoCluster,
  type DemoClusterOptions,
} from './demoCluster';
