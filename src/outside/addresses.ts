import { BlockList, isIP } from 'node:net'

/*
 * Which addresses the program connects to when somebody else has given the name: only those of the public Internet. The lists are
 * the registries of special addresses (RFC 6890 and its successors at IANA), as of 2026.
 */

const specialV4 = listOf('ipv4', [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  // CGNAT: the network of a provider, or of a VPN such as Tailscale.
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  // Link-local, with the metadata service of every cloud.
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  // Multicast, reserved, and broadcast.
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
])

/** Everything that is not in it is special: IPv4-mapped addresses, NAT64, unique local, link-local, multicast. */
const globalV6 = listOf('ipv6', [['2000::', 3]])

const specialV6 = listOf('ipv6', [
  // For protocols: Teredo, which has an IPv4 address in it, and ORCHID.
  ['2001::', 23],
  ['2001:db8::', 32],
  // 6to4 leads to the IPv4 address that is in it.
  ['2002::', 16],
  ['3fff::', 20],
])

function listOf(family: 'ipv4' | 'ipv6', ranges: [string, number][]): BlockList {
  const list = new BlockList()
  for (const [address, prefix] of ranges) list.addSubnet(address, prefix, family)
  return list
}

/** False also for what is no address. */
export function isPublic(address: string): boolean {
  // An address with a zone (fe80::1%eth0) belongs to this machine.
  if (address.includes('%')) return false
  const version = isIP(address)
  if (version === 4) return !specialV4.check(address, 'ipv4')
  return version === 6 && globalV6.check(address, 'ipv6') && !specialV6.check(address, 'ipv6')
}
