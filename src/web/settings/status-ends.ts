const minuteMs = 60_000

const dayAfter = (now: Date, days: number): Date =>
  new Date(now.getFullYear(), now.getMonth(), now.getDate() + days)

/** When a status can end. Days and weeks end at midnight where the person is; `firstDay` of a week is 1 for Monday to 7 for Sunday. */
export const ends = {
  never: () => undefined,
  halfHour: (now: Date) => new Date(now.getTime() + 30 * minuteMs),
  hour: (now: Date) => new Date(now.getTime() + 60 * minuteMs),
  hours: (now: Date) => new Date(now.getTime() + 240 * minuteMs),
  today: (now: Date) => dayAfter(now, 1),
  week: (now: Date, firstDay = 1) => dayAfter(now, ((firstDay - now.getDay() + 6) % 7) + 1),
} as const satisfies Record<string, (now: Date, firstDay?: number) => Date | undefined>
export type End = keyof typeof ends

type Weeks = { weekInfo?: { firstDay: number }; getWeekInfo?(): { firstDay: number } }

/** The day that a week begins with where this language is spoken, as far as the browser knows. */
export function firstDayIn(language: string): number {
  const weeks = new Intl.Locale(language).maximize() as Weeks
  return (weeks.getWeekInfo?.() ?? weeks.weekInfo)?.firstDay ?? 1
}
