import { NewReport, Report, ReportChange, Reported, ReportPage, ReportQuery } from '../reports.ts'
import type { Route } from '../route.ts'

export const reportRoutes = {
  'POST /rooms/:room/messages/:seq/report': {
    summary: 'Report a message to the moderators',
    description:
      'Members of the room can report a message of somebody else, once. A report goes to the moderators of the room and to administrators; of a direct message, to administrators only, who then see the text of this message. Nobody else learns who reported it.',
    permit: 'write',
    budget: 'create',
    body: NewReport,
    reply: Reported,
    status: 201,
  },
  'GET /reports': {
    summary: 'List the reports that you handle, newest first',
    description:
      'Of the rooms that you moderate; for administrators, of all rooms, direct ones included. Reports about your own messages are not among them.',
    permit: 'read',
    budget: 'read',
    query: ReportQuery,
    reply: ReportPage,
  },
  'PATCH /reports/:id': {
    summary: 'Resolve or dismiss a report',
    description: 'It closes all open reports about the same message.',
    permit: 'rooms',
    budget: 'write',
    body: ReportChange,
    reply: Report,
  },
} as const satisfies Record<string, Route>
