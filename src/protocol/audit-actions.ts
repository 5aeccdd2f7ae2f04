/** Everything that is recorded, by kind: a kind is the part before the dot. */
export const auditActions = [
  'user.created',
  'user.changed',
  'user.erased',
  'user.banned',
  'user.unbanned',
  'user.password_set',
  'user.sign_in_link',
  'role.granted',
  'role.revoked',
  'community.changed',
  'room.created',
  'room.changed',
  'room.deleted',
  'room.exported',
  'member.put',
  'member.removed',
  'member.silenced',
  'member.unsilenced',
  'invite.made',
  'invite.revoked',
  'token.made',
  'token.revoked',
  'messages.expired',
  'report.resolved',
  'report.dismissed',
  'webhook.made',
  'webhook.removed',
  'outgoing.made',
  'outgoing.changed',
  'outgoing.deleted',
  'outgoing.paused',
  'audit.exported',
] as const
export type AuditAction = (typeof auditActions)[number]
type KindOf<Action> = Action extends `${infer Kind}.${string}` ? Kind : never
export type AuditKind = KindOf<AuditAction>

export const auditKinds = [...new Set(auditActions.map(kindOf))]

function kindOf(action: AuditAction): AuditKind {
  return action.slice(0, action.indexOf('.')) as AuditKind
}

/** The actions of a kind, or the one that it names. */
export const actionsOf = (name: AuditAction | AuditKind): AuditAction[] =>
  auditActions.filter((action) => action === name || kindOf(action) === name)
