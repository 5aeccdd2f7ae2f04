const closers: Record<string, string> = { ']': '[', ')': '(' }

/** The closing bracket of each opening one, found in one pass: a search from each of thousands of `[` would be too slow. */
export function pairsOf(text: string): ReadonlyMap<number, number> {
  const pairs = new Map<number, number>()
  const open: number[] = []
  for (let at = 0; at < text.length; at++) {
    const letter = text[at]!
    if (letter === '\\') at++
    else if (letter === '[' || letter === '(') open.push(at)
    else if (closers[letter] && open.length > 0 && text[open.at(-1)!] === closers[letter])
      pairs.set(open.pop()!, at)
  }
  return pairs
}

/** Returns a function that finds the end of a code span opened by `length` backticks. Call it from left to right. */
export function closingBackticks(text: string): (from: number, length: number) => number | undefined {
  let runs: Map<number, number[]> | undefined
  const passed = new Map<number, number>()
  return (from, length) => {
    runs ??= runsOf(text)
    const starts = runs.get(length) ?? []
    let index = passed.get(length) ?? 0
    while (index < starts.length && starts[index]! < from) index++
    passed.set(length, index)
    return starts[index]
  }
}

function runsOf(text: string): Map<number, number[]> {
  const runs = new Map<number, number[]>()
  for (const { 0: found, index } of text.matchAll(/`+/g)) {
    const starts = runs.get(found.length)
    if (starts) starts.push(index)
    else runs.set(found.length, [index])
  }
  return runs
}
