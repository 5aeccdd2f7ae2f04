import { BlockList, isIP } from 'node:net'

/** One address or a range of them, as in "10.0.0.0/8". */
export type AddressRange = {
  readonly address: string
  readonly prefix: number
  readonly family: 'ipv4' | 'ipv6'
}

/** Reads "192.168.1.7", "10.0.0.0/8" or "fd00::/8"; `undefined` when it is none of these. */
export function parseAddressRange(text: string): AddressRange | undefined {
  const [address = '', prefixText, ...rest] = text.split('/')
  const version = isIP(address)
  if (version === 0 || rest.length > 0 || address.includes('%')) return undefined
  const bits = version === 4 ? 32 : 128
  if (prefixText !== undefined && !/^\d{1,3}$/.test(prefixText)) return undefined
  const prefix = prefixText === undefined ? bits : Number(prefixText)
  if (prefix > bits) return undefined
  return { address, prefix, family: version === 4 ? 'ipv4' : 'ipv6' }
}

/** Returns a function that says whether an address is in one of the ranges. `::ffff:10.0.0.1` counts as 10.0.0.1. */
export function createAddressList(ranges: readonly AddressRange[]): (address: string) => boolean {
  const list = new BlockList()
  for (const { address, prefix, family } of ranges) list.addSubnet(address, prefix, family)
  return (address) => {
    const version = isIP(address)
    return version !== 0 && list.check(address, version === 4 ? 'ipv4' : 'ipv6')
  }
}

/** The host of a URL that opens on this machine. A server that listens on every address is reached at the loopback address. */
export function reachableHost(host: string): string {
  if (isIP(host) === 4) return host === '0.0.0.0' ? '127.0.0.1' : host
  if (isIP(host) !== 6) return host
  const { hostname } = new URL(`http://[${host}]`)
  return hostname === '[::]' ? '[::1]' : hostname
}
