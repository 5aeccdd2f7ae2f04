// We count for every frame, but Prometheus scrapes only every few seconds. So counting just adds to a number, and the text
// (exposition format 0.0.4) is built for each scrape.

export type Count = { add(amount?: number): void }
type CountBy<L extends readonly string[]> = {
  add(...labels: { [K in keyof L]: string | number }): void
}
export type Level = {
  add(amount: number): void
  set(value: number): void
  /** Reads the value at each scrape instead; NaN is not written, for a value that cannot be known. */
  from(read: () => number): void
}
export type Spread = { observe(value: number): void }

export const contentType = 'text/plain; version=0.0.4; charset=utf-8'

/** Further label values count as "other", so that a stranger cannot fill the memory with them. */
const maxSeries = 1_000

/** The series of one server, each with the labels `common`. `text` has them in the order in which they were added. */
export function createSeries(common: Readonly<Record<string, string>> = {}) {
  const commonNames = Object.keys(common)
  const commonValues = Object.values(common)
  const labelled = (names: readonly string[] = [], values: Labels = []): string => {
    const all = [...names, ...commonNames]
    return all.length === 0 ? '' : written(all, [...values, ...commonValues])
  }
  const families: (() => string)[] = []

  function add(type: 'counter' | 'gauge' | 'histogram', name: string, help: string, lines: () => string[]) {
    const head = `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n`
    families.push(() => head + lines().join(''))
  }

  function counter(name: string, help: string, read?: () => number): Count {
    let total = 0
    add('counter', name, help, () => [line(name, labelled(), read ? read() : total)])
    return {
      add: (amount = 1) => {
        total += amount
      },
    }
  }

  function counterBy<const L extends readonly string[]>(
    name: string,
    help: string,
    labelNames: L,
  ): CountBy<L> {
    const tree = labelTree(labelNames.length)
    add('counter', name, help, () =>
      tree.used
        .filter(({ total }) => total > 0)
        .map(({ labels, total }) => line(name, labelled(labelNames, labels), total)),
    )
    return {
      add: (...labels) => {
        tree.find(labels).total++
      },
    }
  }

  function gauge(name: string, help: string, read?: () => number): Level {
    let value = 0
    let ask = read
    add('gauge', name, help, () => {
      const now = ask ? ask() : value
      return Number.isNaN(now) ? [] : [line(name, labelled(), now)]
    })
    return {
      add: (amount) => {
        value += amount
      },
      set: (next) => {
        value = next
      },
      from: (read) => {
        ask = read
      },
    }
  }

  function histogram(name: string, help: string, buckets: readonly number[]): Spread {
    // One more than the buckets, for values above all of them.
    const counts = new Float64Array(buckets.length + 1)
    let sum = 0
    add('histogram', name, help, () => {
      let cumulated = 0
      const lines = [...buckets, '+Inf'].map((le, at) => {
        cumulated += counts[at]!
        return line(`${name}_bucket`, labelled(['le'], [le]), cumulated)
      })
      return [...lines, line(`${name}_sum`, labelled(), sum), line(`${name}_count`, labelled(), cumulated)]
    })
    return {
      observe: (value) => {
        let at = 0
        while (at < buckets.length && value > buckets[at]!) at++
        counts[at]!++
        sum += value
      },
    }
  }

  return { counter, counterBy, gauge, histogram, text: () => families.map((write) => write()).join('\n') }
}

type Labels = readonly (string | number)[]
type Series = { readonly labels: Labels; readonly below: Map<string | number, Series>; total: number }

const seriesOf = (labels: Labels): Series => ({ labels, below: new Map(), total: 0 })

/** A tree of labels: two map lookups cost a fifth of joining the labels to one key. */
function labelTree(depth: number) {
  const root = seriesOf([])
  const other = seriesOf(Array.from({ length: depth }, () => 'other'))
  const used = [other]

  function find(labels: Labels): Series {
    let series = root
    for (let at = 0; at < labels.length; at++) {
      let next = series.below.get(labels[at]!)
      if (!next) {
        if (used.length > maxSeries) return other
        next = seriesOf(labels.slice(0, at + 1))
        series.below.set(labels[at]!, next)
        if (at === labels.length - 1) used.push(next)
      }
      series = next
    }
    return series
  }

  return { find, used }
}

const line = (name: string, labels: string, value: number): string => `${name}${labels} ${value}\n`

function written(names: readonly string[], values: Labels): string {
  return `{${names.map((name, at) => `${name}="${escaped(values[at]!)}"`).join(',')}}`
}

const escapes: Record<string, string> = { '\\': '\\\\', '"': '\\"', '\n': '\\n' }

const escaped = (value: string | number): string =>
  String(value).replace(/[\\"\n]/g, (each) => escapes[each]!)
