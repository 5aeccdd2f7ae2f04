import { common, createLowlight } from 'lowlight'

/** A piece of code: text, or pieces with a class of highlight.js. */
export type Piece = string | { tone: string; pieces: Piece[] }

type Node = ReturnType<ReturnType<typeof createLowlight>['highlight']>['children'][number]

const lowlight = createLowlight(common)

/** Undefined in a language that is not known. */
export const piecesOf = (language: string, text: string): Piece[] | undefined =>
  lowlight.registered(language) ? lowlight.highlight(language, text).children.flatMap(pieceOf) : undefined

function pieceOf(node: Node): Piece[] {
  if (node.type === 'text') return [node.value]
  if (node.type !== 'element') return []
  const tone = [node.properties.className].flat().join(' ')
  return [{ tone, pieces: node.children.flatMap(pieceOf) }]
}
