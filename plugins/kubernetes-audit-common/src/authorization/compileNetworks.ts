import ipaddr from 'ipaddr.js';

type Address = ReturnType<typeof ipaddr.process>;
type Network = [address: Address, prefix: number];

/** Bits before the IPv4 address in an IPv6 address that stands for one (RFC 4291, section 2.5.5.2). */
const MAPPED_PREFIX = 96;

/** `::ffff:10.0.0.1` is 10.0.0.1; what is no address in full is none. */
function parseAddress(text: string): Address | undefined {
  return ipaddr.IPv4.isValidFourPartDecimal(text) || ipaddr.IPv6.isValid(text)
    ? ipaddr.process(text)
    : undefined;
}

function parseNetwork(text: string): Network {
  const [address, prefix, ...rest] = text.split('/');
  const parsed = parseAddress(address);
  if (!parsed || rest.length > 0) {
    throw new Error(`"${text}" is no address and no network`);
  }
  const bits = parsed.kind() === 'ipv6' ? 128 : 32;
  if (prefix === undefined) {
    return [parsed, bits];
  }
  const isMapped = address.includes(':') && parsed.kind() === 'ipv4';
  const length = Number(prefix) - (isMapped ? MAPPED_PREFIX : 0);
  if (!/^\d{1,3}$/.test(prefix) || length < 0 || length > bits) {
    throw new Error(`"${text}" is no address and no network`);
  }
  return [parsed, length];
}

/**
 * Tells whether an address is in one of some networks: `10.0.0.0/8`, `fd00::1`.
 *
 * @throws Error when a network is malformed
 * @public
 */
export function compileNetworks(
  networks: readonly string[],
): (address: string) => boolean {
  const parsed = networks.map(parseNetwork);
  return text => {
    const address = parseAddress(text);
    return (
      address !== undefined &&
      parsed.some(
        ([network, prefix]) =>
          network.kind() === address.kind() && address.match(network, prefix),
      )
    );
  };
}
