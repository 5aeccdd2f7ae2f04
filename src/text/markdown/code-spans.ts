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

/** What a code span shows: lines are joined, and one space on each side is removed, which allows a backtick at the edge. */
export function insideOfCode(written: string): string {
  const text = written.replaceAll('\n', ' ')
  const isPadded = text.startsWith(' ') && text.endsWith(' ') && /[^ ]/.test(text)
  return isPadded ? text.slice(1, -1) : text
}
