import { common, createLowlight } from 'lowlight'

/** A piece of code: text, or pieces with a class of highlight.js. */
export type Piece = string | { tone: string; pieces: Piece[] }

type Node = ReturnType<ReturnType<typeof createLowlight>['highlight']>['children'][number]

const lowlight = createLowlight(common)

// Some grammars take the square of the length of a text, or of its longest line: 8,000 letters on one line of "ini" hold up a page for a second.
const most = 4000
const longestLine = /[^\n]{301}/

/** Undefined in a language that is not known, and of a text that a hostile writer could hold up its readers with. */
export const piecesOf = (language: string, text: string): Piece[] | undefined =>
  lowlight.registered(language) && text.length <= most && !longestLine.test(text)
    ? lowlight.highlight(language, text).children.flatMap(pieceOf)
    : undefined

function pieceOf(node: Node): Piece[] {
  if (node.type === 'text') return [node.value]
  if (node.type !== 'element') return []
  const tone = [node.properties.className].flat().join(' ')
  return [{ tone, pieces: node.children.flatMap(pieceOf) }]
}
