import { skeletonOf } from './lookalikes.ts'

/**
 * The host that a link leads to, if the reader would take it for another: there is a user before it (`https://good.example@evil.test`), its
 * letters look like those of another alphabet, or the text of the link names another one. Other links show it anyway.
 */
export function realHost(href: string, shown = href): string | undefined {
  const address = URL.parse(href)
  if (!address || !/^https?:$/.test(address.protocol)) return undefined
  const { host, hostname, username, password } = address
  const written = hostIn(href)
  if (username || password || !written || deceives(written, hostname)) return host
  const named = shown === href ? undefined : (hostIn(shown) ?? bareHost(shown))
  if (named === undefined) return undefined
  return withoutWww(URL.parse(`http://${named}`)?.hostname ?? named) === withoutWww(hostname)
    ? undefined
    : host
}

/** The host as it is written after `https://`, without the user and the port. */
const hostIn = (text: string): string | undefined =>
  /https?:\/\/(?:[^\s/?#]*@)?(\[[^\]\s]*\]|[^\s/?#:]+)/i.exec(text)?.[1]

/** Endings of file names that people write as the text of a link: README.md, node.js. */
const files =
  /\.(?:css|csv|go|html?|jpe?g|js|json|jsx|md|pdf|png|py|rb|rs|sh|svg|toml|tsx?|txt|xml|ya?ml|zip)$/i

/** A text that is nothing but the name of a host, perhaps with a path. */
function bareHost(text: string): string | undefined {
  const host = /^\s*((?:[\p{L}\p{N}\p{M}-]+\.)+[\p{L}\p{M}-]{2,}\.?)(?::\d+)?(?:[/?#]\S*)?\s*$/u.exec(
    text,
  )?.[1]
  return host === undefined || files.test(host) ? undefined : host
}

const withoutWww = (host: string): string => host.replace(/^www\./, '').replace(/\.$/, '')

function deceives(written: string, hostname: string): boolean {
  // Numbers, escapes and hidden characters that a browser reads as another host.
  if (/^[!-~]+$/.test(written)) return written.toLowerCase() !== hostname
  const labels = written.normalize('NFC').split(/[.。．｡]/)
  const ending = labels.at(-1) ?? ''
  return labels.some((label) => isForeign(label, /^[!-~]*$/.test(ending)))
}

/** Latin may stand next to the scripts of East Asia, as browsers have it. */
const withLatin =
  /[^\p{sc=Latin}\p{sc=Common}\p{sc=Inherited}\p{sc=Han}\p{sc=Hira}\p{sc=Kana}\p{sc=Hang}\p{sc=Bopo}]/u
const scripts = [/\p{sc=Latin}/u, /\p{sc=Cyrillic}/u, /\p{sc=Greek}/u, /\p{sc=Armenian}/u, /\p{sc=Cherokee}/u]

/** Letters of several alphabets in one word, or a word that reads as ASCII but is not. */
function isForeign(label: string, inAsciiDomain: boolean): boolean {
  if (/^[!-~]*$/.test(label)) return false
  if (/[\p{Default_Ignorable_Code_Point}\p{Bidi_Control}]/u.test(label)) return true
  if (scripts[0]!.test(label) && withLatin.test(label)) return true
  if (scripts.filter((script) => script.test(label)).length > 1) return true
  return inAsciiDomain && /^[a-z0-9-]*$/.test(skeletonOf(label))
}
