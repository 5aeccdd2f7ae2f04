import { beginningOf } from '../../text/cut.ts'
import { shownName } from '../../text/names.ts'
import { decodeEntities } from './entities.ts'

export type Said = { title?: string; description?: string; site?: string; image?: string }

const most = { title: 200, description: 400, site: 80 }
/** What is hidden or an entity takes more than it shows. */
const mostWritten = 4000
const longestAddress = 2048

/** By the name or property of a `<meta>`: what it says, and which of several counts. */
const metas: Readonly<Record<string, [what: keyof Said, rank: number]>> = {
  'og:title': ['title', 3],
  'twitter:title': ['title', 2],
  'og:description': ['description', 3],
  'twitter:description': ['description', 2],
  description: ['description', 1],
  'og:site_name': ['site', 3],
  'og:image': ['image', 3],
  'og:image:secure_url': ['image', 2],
  'og:image:url': ['image', 2],
  'twitter:image': ['image', 1],
  'twitter:image:src': ['image', 1],
}

/** What a page says of itself: OpenGraph, then Twitter's cards, then its title and description. Of two that say the same, the first counts. */
export function readSaid(html: string): Said {
  const found: { [What in keyof Said]?: { text: string; rank: number } } = {}
  const note = (what: keyof Said, rank: number, text: string): void => {
    if (text.trim() !== '' && rank > (found[what]?.rank ?? 0)) found[what] = { text, rank }
  }
  let title = ''
  let isInTitle = true
  new HTMLRewriter()
    .on('meta', {
      element(meta) {
        const name = meta.getAttribute('property') ?? meta.getAttribute('name')
        const known = metas[name?.trim().toLowerCase() ?? '']
        if (known) note(...known, (meta.getAttribute('content') ?? '').slice(0, mostWritten))
      },
    })
    // The first one: a picture in the page may have a title too.
    .on('title', {
      text(piece) {
        if (!isInTitle) return
        if (title.length < mostWritten) title += piece.text
        if (piece.lastInTextNode) isInTitle = title.trim() === ''
      },
    })
    .transform(html)
  note('title', 1, title.slice(0, mostWritten))
  const said: Said = {}
  for (const what of ['title', 'description', 'site'] as const) {
    const line = lineOf(found[what]?.text ?? '', most[what])
    if (line !== '') said[what] = line
  }
  const image = decodeEntities(found.image?.text ?? '').trim()
  if (image !== '' && image.length <= longestAddress) said.image = image
  return said
}

/** On one line, without what is hidden or changes the direction of writing, as in a name. */
const lineOf = (written: string, longest: number): string =>
  beginningOf(shownName(decodeEntities(written).toWellFormed().replace(/\s+/g, ' ').trim()), longest).trim()
