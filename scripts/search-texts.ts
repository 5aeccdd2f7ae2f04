/** The frequency of words falls as in a language. */
export const vocabulary = Array.from({ length: 20_000 }, (_, n) => {
  let word = ''
  for (let rest = n + 7; rest > 0; rest = Math.floor(rest / 13)) word += 'etaoinshrdlcu'[rest % 13]
  return word
})

/** Places in the vocabulary: 0 is in two of three texts, 100 in one of 60, 10,000 in one of 6,000. */
export const anyRank = (): number => Math.floor(vocabulary.length ** Math.random()) - 1

/** One of these places, as often as another. */
export const rankWithin = (from: number, to: number): number => from + Math.floor(Math.random() * (to - from))

export const anyWord = (): string => vocabulary[anyRank()]!

const wordsInText = 16

/** About 80 characters. */
export const ranksOf = (): number[] => Array.from({ length: wordsInText }, anyRank)

export const textOf = (): string =>
  ranksOf()
    .map((rank) => vocabulary[rank])
    .join(' ')
