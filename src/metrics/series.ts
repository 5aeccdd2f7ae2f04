import { Counter, Gauge, Histogram, type Registry } from 'prom-client'

// Counting happens for every frame, scraping every few seconds: so counting is an addition to a plain number,
// and prom-client sees the numbers only when somebody asks for them.

export type Count = { add(amount?: number): void }
export type CountBy<L extends readonly string[]> = {
  add(...labels: { [K in keyof L]: string | number }): void
}
export type Level = {
  add(amount: number): void
  set(value: number): void
  /** Asks for the value at each scrape instead. */
  from(read: () => number): void
}
export type Spread = { observe(value: number): void }

/** More label values than this end in one series "other", so that a stranger cannot fill the memory with them. */
const maxSeries = 1_000

export function counter(registry: Registry, name: string, help: string, read?: () => number): Count {
  let total = 0
  const collect = function (this: Counter) {
    this.reset()
    this.inc(read ? read() : total)
  }
  new Counter({ name, help, registers: [registry], collect })
  return {
    add: (amount = 1) => {
      total += amount
    },
  }
}

export function counterBy<const L extends readonly string[]>(
  registry: Registry,
  name: string,
  help: string,
  labelNames: L,
): CountBy<L> {
  // A tree of labels: two looks into a map cost a fifth of gluing the labels to one key.
  const root = seriesOf([])
  const other = seriesOf(labelNames.map(() => 'other'))
  const used = [other]
  const collect = function (this: Counter) {
    this.reset()
    for (const { labels, total } of used) {
      if (total > 0)
        this.inc(Object.fromEntries(labelNames.map((name, at) => [name, labels[at] ?? ''])), total)
    }
  }
  new Counter({ name, help, labelNames: [...labelNames], registers: [registry], collect })

  function find(labels: readonly (string | number)[]): Series {
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

  return {
    add: (...labels) => {
      find(labels).total++
    },
  }
}

type Series = {
  readonly labels: readonly (string | number)[]
  readonly below: Map<string | number, Series>
  total: number
}

function seriesOf(labels: readonly (string | number)[]): Series {
  return { labels, below: new Map(), total: 0 }
}

export function gauge(registry: Registry, name: string, help: string, read?: () => number): Level {
  let value = 0
  let ask = read
  const collect = function (this: Gauge) {
    this.set(ask ? ask() : value)
  }
  new Gauge({ name, help, registers: [registry], collect })
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

export function histogram(
  registry: Registry,
  name: string,
  help: string,
  buckets: readonly number[],
): Spread {
  // One place more than buckets: what is above all of them.
  const counts = new Float64Array(buckets.length + 1)
  let sum = 0
  registry.registerMetric(
    new CopiedHistogram({ name, help, buckets: [...buckets], registers: [] }, () => ({ counts, sum })),
  )
  return {
    observe: (value) => {
      let at = 0
      while (at < buckets.length && value > buckets[at]!) at++
      counts[at]!++
      sum += value
    },
  }
}

type Copied = { counts: Float64Array; sum: number }

/** prom-client cannot be given finished bucket counts, so this one answers a scrape itself. */
class CopiedHistogram extends Histogram {
  constructor(
    private readonly options: { name: string; help: string; buckets: number[]; registers: [] },
    private readonly read: () => Copied,
  ) {
    super(options)
  }

  /** What the registry calls for its text; `get` is its form for JSON. */
  async getForPromString() {
    return this.get()
  }

  override async get() {
    const { name, help, buckets } = this.options
    const { counts, sum } = this.read()
    let cumulated = 0
    const values = [...buckets, '+Inf'].map((le, at) => {
      cumulated += counts[at]!
      return { metricName: `${name}_bucket`, labels: { le }, value: cumulated }
    })
    return {
      name,
      help,
      // The declared enum is of numbers; at run time it is this word that reaches the text.
      type: 'histogram' as never,
      aggregator: 'sum' as const,
      collect: () => undefined,
      values: [
        ...values,
        { metricName: `${name}_sum`, labels: {}, value: sum },
        { metricName: `${name}_count`, labels: {}, value: cumulated },
      ],
    }
  }
}
