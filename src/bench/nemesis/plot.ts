export type Series = { name: string; points: (readonly [x: number, y: number] | undefined)[] }
export type Band = { from: number; to: number; title: string }

type Plot = {
  title: string
  series: Series[]
  bands: Band[]
  /** The end of the time axis, in seconds. */
  seconds: number
  unit: string
  /** Powers of ten, for times. */
  logarithmic?: boolean
}

const ticksAcross = 5

export const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')

/**
 * One plot over time. Lines and bands are stretched with the page, words are not: they are HTML around the drawing, so that they
 * can be read on a phone too.
 */
export function plotOf({ title, series, bands, seconds, unit, logarithmic = false }: Plot): string {
  const values = series.flatMap(({ points }) => points.flatMap((point) => (point ? [point[1]] : [])))
  const scale = logarithmic ? decades(values) : linear(values)
  const x = (at: number): string => ((at / seconds) * 1000).toFixed(1)
  const y = (value: number): string => (1000 - scale.part(value) * 1000).toFixed(1)
  const grid = scale.ticks.map((tick) => `<path class="grid" d="M0 ${y(tick)}H1000"/>`)
  const shades = bands.map(
    ({ from, to, title }) =>
      `<rect class="band" x="${x(from)}" y="0" width="${x(Math.max(to - from, seconds / 500))}" height="1000">` +
      `<title>${escaped(title)}</title></rect>`,
  )
  const lines = series.map(
    ({ points }, index) => `<path class="line line-${index}" d="${pathOf(points, x, y)}"/>`,
  )
  const labels = scale.ticks.map(
    (tick) =>
      `<span class="y" style="top:${(100 - scale.part(tick) * 100).toFixed(1)}%">${short(tick)} ${unit}</span>`,
  )
  return [
    `<figure><figcaption>${escaped(title)}</figcaption>`,
    `<p class="legend">${series.map(({ name }, index) => `<span class="key key-${index}">${escaped(name)}</span>`).join(' ')}</p>`,
    `<div class="plot"><svg viewBox="0 0 1000 1000" preserveAspectRatio="none" role="img" aria-label="${escaped(title)}">`,
    ...shades,
    ...grid,
    ...lines,
    `</svg>${labels.join('')}</div>`,
    timeAxis(seconds),
    '</figure>',
  ].join('\n')
}

export const timeAxis = (seconds: number): string => {
  const times = Array.from({ length: ticksAcross }, (_, index) =>
    minutes((seconds * index) / (ticksAcross - 1)),
  )
  return `<p class="x">${times.map((time) => `<span>${time}</span>`).join('')}</p>`
}

export const minutes = (seconds: number): string =>
  `${Math.floor(Math.round(seconds) / 60)}:${String(Math.round(seconds) % 60).padStart(2, '0')}`

/** A gap in the points is a gap in the line. */
function pathOf(points: Series['points'], x: (at: number) => string, y: (value: number) => string): string {
  let isOn = false
  return points
    .map((point) => {
      if (!point) {
        isOn = false
        return ''
      }
      const step = `${isOn ? 'L' : 'M'}${x(point[0])} ${y(point[1])}`
      // A point between two gaps would be a line without a length.
      const dot = isOn ? '' : 'h1'
      isOn = true
      return step + dot
    })
    .join('')
}

function linear(values: readonly number[]) {
  const most = Math.max(1, ...values)
  const step = stepFor(most)
  const top = Math.ceil(most / step) * step
  const ticks = Array.from({ length: Math.round(top / step) + 1 }, (_, index) => index * step)
  return { ticks, part: (value: number): number => value / top }
}

/** 1, 2 or 5 times a power of ten, so that there are at most five. */
function stepFor(most: number): number {
  const power = 10 ** Math.floor(Math.log10(most))
  return [0.2, 0.5, 1, 2, 5].map((part) => part * power).find((step) => most / step <= 4) ?? power
}

function decades(values: readonly number[]) {
  const positive = values.filter((value) => value > 0)
  const from = Math.floor(Math.log10(Math.min(1, ...positive)))
  const to = Math.max(from + 1, Math.ceil(Math.log10(Math.max(1, ...positive))))
  const ticks = Array.from({ length: to - from + 1 }, (_, index) => 10 ** (from + index))
  const part = (value: number): number => (Math.log10(Math.max(value, 10 ** from)) - from) / (to - from)
  return { ticks, part }
}

const short = (value: number): string =>
  value >= 1000 ? `${+(value / 1000).toPrecision(3)}k` : String(+value.toPrecision(3))
