import type { Route } from '../../protocol/route.ts'
import type { JsonSchema } from '../schemas.ts'
import type { Content } from './document.ts'

/** The content types in which a route accepts its body. */
export function bodiesOf({ bodyIs }: Route, schema: JsonSchema): Content {
  if (bodyIs === 'form') return { 'application/x-www-form-urlencoded': { schema } }
  if (bodyIs === 'file') return ofFile
  const json: Content = { 'application/json': { schema } }
  return bodyIs === 'text' ? { ...json, ...ofWebhook } : json
}

const binary = { type: 'string', format: 'binary', examples: ['…'] }

const ofFile: Content = {
  'multipart/form-data': { schema: { type: 'object', properties: { file: binary }, required: ['file'] } },
  'application/octet-stream': { schema: binary },
}

/** The only body that its feature parses is a webhook's (features/webhooks/payload.ts). */
const ofWebhook: Content = {
  'application/x-www-form-urlencoded': {
    schema: {
      type: 'object',
      properties: {
        payload: {
          type: 'string',
          examples: ['{"text":"Build 42 passed"}'],
          description: 'The same JSON.',
        },
      },
      required: ['payload'],
    },
  },
  'text/plain': {
    schema: {
      type: 'string',
      examples: ['Build 42 **passed**'],
      description: 'The message, as Markdown.',
    },
  },
}
