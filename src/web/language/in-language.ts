import { language } from './language.ts'

/** Requests in the language of the page, which may be another one than the browser's: mails are written in it. */
export const inLanguage = (address: string, init: RequestInit = {}): Promise<Response> =>
  fetch(address, { ...init, headers: { ...init.headers, 'accept-language': language.peek() } })
