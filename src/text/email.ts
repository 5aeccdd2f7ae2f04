const hidden =
  /[\p{Cc}\p{Cs}\p{White_Space}\p{Default_Ignorable_Code_Point}\p{Bidi_Control}\u2800\ufff9-\ufffb]/u
/** What a URL would read as something else than a part of its host. */
const notInHost = /[/\\?#:%@[\]<>|^"]/
const numbers = /^[\d.]+$/

/** Whether a person can have this address: nothing invisible in it, and a domain name. */
export const isEmail = (text: string): boolean => !hidden.test(text) && domainOf(text) !== undefined

/** One spelling for one mailbox: NFC, lower case, and the domain in ASCII (UTS #46). */
export function tidyEmail(text: string): string {
  const local = text.slice(0, text.lastIndexOf('@')).normalize('NFC').toLowerCase()
  return `${local}@${domainOf(text) ?? text.slice(text.lastIndexOf('@') + 1).toLowerCase()}`
}

function domainOf(text: string): string | undefined {
  const domain = text.slice(text.lastIndexOf('@') + 1)
  if (notInHost.test(domain)) return undefined
  // A URL would take 1.2 for an IPv4 address, and a host of ASCII needs only lower case.
  const host = /^[!-~]+$/.test(domain) ? domain.toLowerCase() : URL.parse(`http://${domain}`)?.hostname
  const name = host?.replace(/\.$/, '')
  return name?.includes('.') && (name === domain.toLowerCase() || !numbers.test(name)) ? name : undefined
}
