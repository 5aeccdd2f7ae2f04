import { routes } from '../protocol/routes.ts'
import { pathOf } from './host.ts'

const patterns = Object.entries(routes)
  .filter(([, row]) => 'bodyIs' in row && row.bodyIs === 'file')
  .map(([name]) => new RegExp(`^${name.replace(/:\w+/g, '[^/]+')}$`))

/** Whether the body of this request is a file, which has a limit of its own and is read as it arrives. */
export const takesFiles = (request: Request): boolean => {
  const asked = `${request.method} ${pathOf(request)}`
  return patterns.some((pattern) => pattern.test(asked))
}
