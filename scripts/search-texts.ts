/** The frequency of words falls as in a language. */
export const vocabulary = Array.from({ length: 20_000 }, (_, n) => {
  let word = ''
  for (let rest = n + 7; rest > 0; rest = Math.floor(rest / 13)) word += 'etaoinshrdlcu'[rest % 13]
  return word
})

export const anyWord = (): string => vocabulary[Math.floor(vocabulary.length ** Math.random()) - 1]!

/** About 80 characters. */
export const textOf = (): string => Array.from({ length: 16 }, anyWord).join(' ')
