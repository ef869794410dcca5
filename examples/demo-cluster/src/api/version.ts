/** Says that this is the demo; clients read the number before the plus. */
export const GIT_VERSION = 'v1.33.0+demo';

export const versionDocument = {
  major: '1',
  minor: '33',
  gitVersion: GIT_VERSION,
  gitCommit: 'demo',
  gitTreeState: 'clean',
  buildDate: '1970-01-01T00:00:00Z',
  goVersion: 'none',
  compiler: 'none',
  platform: `node/${process.arch}`,
};
