import { BlockList, isIP } from 'node:net';

/**
 * Networks of IPv4 that are nobody's public address, by IANA's registry of special-purpose
 * addresses (RFC 6890), and one public address at which a cloud answers its machines.
 */
const FORBIDDEN_V4 = [
  '0.0.0.0/8', // this host
  '10.0.0.0/8', // private
  '100.64.0.0/10', // carrier-grade NAT; a cloud's metadata
  '127.0.0.0/8', // loopback
  '168.63.129.16/32', // a cloud's host
  '169.254.0.0/16', // link-local; clouds' metadata
  '172.16.0.0/12', // private
  '192.0.0.0/24', // protocols; a cloud's metadata
  '192.0.2.0/24', // documentation
  '192.88.99.0/24', // 6to4 relays
  '192.168.0.0/16', // private
  '198.18.0.0/15', // benchmarks
  '198.51.100.0/24', // documentation
  '203.0.113.0/24', // documentation
  '224.0.0.0/4', // multicast
  '240.0.0.0/4', // reserved, broadcast
];

/**
 * Of IPv6 only 2000::/3 is public. What is outside of it (loopback, unique-local, link-local,
 * multicast, IPv4 in IPv6, NAT64) and these parts of it are not.
 */
const FORBIDDEN_V6 = [
  '2001::/23', // protocols, Teredo, ORCHID
  '2001:db8::/32', // documentation
  '2002::/16', // 6to4: an IPv4 address within
  '3fff::/20', // documentation
];

const listOf = (family: 'ipv4' | 'ipv6', networks: string[]): BlockList => {
  const list = new BlockList();
  for (const [network, bits] of networks.map(one => one.split('/'))) list.addSubnet(network, Number(bits), family);
  return list;
};

const FORBIDDEN = { v4: listOf('ipv4', FORBIDDEN_V4), v6: listOf('ipv6', FORBIDDEN_V6) };
const PUBLIC_V6 = listOf('ipv6', ['2000::/3']);
const LOOPBACK = { v4: listOf('ipv4', ['127.0.0.0/8']), v6: listOf('ipv6', ['::1/128']) };

/** Whether this is an address of the machine itself. */
export const isLoopback = (address: string): boolean =>
  isIP(address) === 4 ? LOOPBACK.v4.check(address, 'ipv4') : isIP(address) === 6 && LOOPBACK.v6.check(address, 'ipv6');

/** Whether a request may go to an IP address: only to public ones, and to loopback where that is opened. */
export function isAllowed(address: string, loopbackOpen: boolean): boolean {
  if (loopbackOpen && isLoopback(address)) return true;
  const family = isIP(address);
  if (family === 4) return !FORBIDDEN.v4.check(address, 'ipv4');
  return family === 6 && PUBLIC_V6.check(address, 'ipv6') && !FORBIDDEN.v6.check(address, 'ipv6');
}
