import { sectionKey } from './arrangements/key.ts'
import { keywordKey } from './keywords/key.ts'
import { pushKey } from './push/keys.ts'

/** The secrets of the community that are sealed in its settings: sealed again with a new key, and when a backup is restored. */
export const secrets = [pushKey, keywordKey, sectionKey]
