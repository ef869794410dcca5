import { proxyClusterEntries, tunnelAgentFiles } from './tunnelAgentFiles';

const CA = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n';
const proxyAt = (publicUrl: string, certificateAuthority?: string) => ({
  publicUrl,
  certificateAuthority,
  tunnels: [],
});

describe('tunnelAgentFiles', () => {
  it('names each address of proxies once, and the authority that signed for it', () => {
    const { machine, authority, kubernetes } = tunnelAgentFiles(
      ['edge-fra', 'edge-*', 'on'],
      [
        proxyAt('https://a.example.com:6443', CA),
        proxyAt('https://a.example.com:6443', CA),
        proxyAt('https://b.example.com'),
        { publicUrl: 'https://old.example.com', tunnels: undefined },
        { publicUrl: undefined, tunnels: [] },
      ],
    );
    expect(machine.config.text).toBe(`stateDirectory: state
joinTokenFile: join-token
proxies:
  - url: https://a.example.com:6443
    caFile: proxy-ca.pem
  - url: https://b.example.com
clusters:
  - name: edge-fra
    kubeconfig: edge-fra.kubeconfig
  - name: "edge-*"
    kubeconfig: edge-.kubeconfig
  - name: "on"
    kubeconfig: on.kubeconfig
`);
    expect(authority).toEqual({ name: 'proxy-ca.pem', text: CA });
    expect(kubernetes.createSecret).toMatch(
      /--from-file=kubernetes-audit-tunnel-0=join-token --from-file=proxy-ca.pem$/,
    );
    expect(kubernetes.values.text).toBe(`proxy: { enabled: false }
tunnel:
  enabled: true
  replicas: 1
  proxies:
    - https://a.example.com:6443
    - https://b.example.com
  config:
    proxies:
      - url: https://a.example.com:6443
        caFile: /etc/kubernetes-audit/join-token/proxy-ca.pem
      - url: https://b.example.com
clusters:
  - name: edge-fra
    endpoint: https://kubernetes.default.svc
    caFile: /var/run/secrets/kubernetes.io/serviceaccount/ca.crt
    tokenFile: /var/run/secrets/kubernetes.io/serviceaccount/token
`);
  });

  it('leaves the authority out where a public one signed, and a place for a proxy that is not known', () => {
    const { machine, authority, kubernetes } = tunnelAgentFiles(['edge'], []);
    expect(authority).toBeUndefined();
    expect(machine.config.text).toContain(
      'proxies:\n  - url: https://kubernetes.example.com:6443\nclusters:',
    );
    expect(kubernetes.createSecret).toMatch(/=join-token$/);
    expect(kubernetes.values.text).not.toContain('config:');
  });
});

describe('proxyClusterEntries', () => {
  it('names the clusters and the tags that lead to the agent', () => {
    const { text } = proxyClusterEntries(['edge-fra', 'edge-*'], {
      site: 'fra1',
      env: 'on',
    });
    expect(text).toBe(`clusters:
  - name: edge-fra
    tunnel: { tags: { site: fra1, env: "on" } }
  - name: "edge-*"
    tunnel: { tags: { site: fra1, env: "on" } }
`);
  });
});
