import type { Route } from '../route.ts'
import { SearchPage, SearchQuery } from '../search.ts'

export const searchRoutes = {
  'GET /search': {
    summary: 'Search the messages of your rooms, newest first',
    description:
      'Case, accents and other spellings of a letter do not matter, in any language. A message is found within two seconds after it was sent, and never after it was deleted. ' +
      'A search for too much is refused with `search_too_broad`.',
    permit: 'read',
    budget: 'search',
    query: SearchQuery,
    reply: SearchPage,
  },
} as const satisfies Record<string, Route>
