import { previewSizes } from '../../protocol/file-numbers.ts'
import type { RouteTable } from '../../scope.ts'
import { changeFile } from './alt.ts'
import { downloadFile } from './download.ts'
import { downloadPreview } from './preview.ts'
import { signFile } from './sign.ts'
import { uploadFile } from './upload.ts'
import { withdrawFile } from './withdraw.ts'

export const fileRoutes = {
  'POST /rooms/:room/files': ({ scope, params, query, request }) =>
    uploadFile(scope, params.room, query, request),
  'GET /files/:file': ({ scope, params, request }) => downloadFile(scope, params.file, request),
  'GET /files/:file/preview': ({ scope, params, query, request }) =>
    downloadPreview(scope, params.file, query.size ?? previewSizes[0], request),
  'PATCH /files/:file': ({ scope, params, body }) => changeFile(scope, params.file, body),
  'DELETE /files/:file': ({ scope, params }) => withdrawFile(scope, params.file),
  'POST /files/:file/address': ({ scope, params, request }) => signFile(scope, params.file, request),
} satisfies RouteTable
