import type { CommandTable, RouteTable } from '../../scope.ts'
import { downloadPicture } from './picture.ts'
import { removePreview } from './remove.ts'

export const previewRoutes = {
  'GET /rooms/:room/messages/:seq/previews/:preview': ({ scope, params, request }) =>
    downloadPicture(scope, params.room, params.seq, params.preview, request),
  'DELETE /rooms/:room/messages/:seq/previews/:preview': ({ scope, params }) =>
    removePreview(scope, params.room, params.seq, params.preview),
} satisfies RouteTable

export const previewCommands = {
  'preview.remove': {
    run: (scope, { room, seq, preview }) => removePreview(scope, room, seq, preview),
  },
} satisfies CommandTable
