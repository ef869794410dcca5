/** Groups of 16 bits of an IPv6 address that name the network. */
const NETWORK_GROUPS = 4;
const GROUPS = 8;

/**
 * What counts as one address: of IPv6 the network of 64 bits, since every
 * machine in it may call itself what it likes there.
 *
 * @param address - of a socket
 */
export function networkOf(address: string): string {
  if (!address.includes(':')) {
    return address;
  }
  const groupsOf = (text: string) => text.split(':').filter(Boolean);
  const [start, end = ''] = address.toLowerCase().split('%')[0].split('::');
  const [first, last] = [groupsOf(start), groupsOf(end)];
  const zeros = Math.max(GROUPS - first.length - last.length, 0);
  return [...first, ...Array<string>(zeros).fill('0'), ...last]
    .slice(0, NETWORK_GROUPS)
    .map(group => parseInt(group, 16).toString(16))
    .join(':');
}
