import { describe, expect, it } from 'vitest';
import { isAllowed } from './address.js';

describe('an address', () => {
  it.each([
    ['private', ['10.0.0.1', '10.255.255.255', '172.16.0.1', '172.31.255.255', '192.168.1.1']],
    ['loopback', ['127.0.0.1', '127.255.255.254', '::1']],
    ['this host', ['0.0.0.0', '0.1.2.3', '::']],
    ['link-local', ['169.254.0.1', 'fe80::1', 'febf::1']],
    ['unique-local', ['fc00::1', 'fd12:3456:789a::1']],
    ['of carrier-grade NAT', ['100.64.0.1', '100.127.255.255']],
    ['multicast or broadcast', ['224.0.0.1', '239.255.255.255', '255.255.255.255', 'ff02::1']],
    ['IPv4 within IPv6', ['::ffff:127.0.0.1', '::ffff:8.8.8.8', '::7f00:1', '64:ff9b::7f00:1', '2002:7f00:1::', '2001:0:7f00:1::']],
    ['of clouds’ metadata', ['169.254.169.254', '100.100.100.200', '192.0.0.192', '168.63.129.16', 'fd00:ec2::254']],
    ['for documentation', ['192.0.2.1', '198.51.100.1', '203.0.113.1', '2001:db8::1']],
    ['no address', ['', 'localhost', '127.1', '0x7f000001', '1.2.3.4.5', 'fe80::1%eth0']],
  ])('that is %s is forbidden', (_, addresses) => {
    expect(addresses.filter(address => isAllowed(address, false))).toEqual([]);
  });

  it.each(['8.8.8.8', '1.1.1.1', '172.15.255.255', '172.32.0.1', '100.63.255.255', '100.128.0.1', '223.255.255.255', '2606:4700::1111'])(
    'is allowed when it is public: %s',
    address => expect(isAllowed(address, false)).toBe(true),
  );

  it('of the machine itself is allowed where loopback is opened, and no other', () => {
    expect(['127.0.0.1', '::1'].every(address => isAllowed(address, true))).toBe(true);
    expect(['10.0.0.1', '0.0.0.0', '169.254.169.254', '::ffff:127.0.0.1', 'fc00::1'].filter(address => isAllowed(address, true))).toEqual([]);
  });
});
