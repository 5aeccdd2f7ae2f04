UPDATE "rooms" SET "title" = '' WHERE "access" = 'direct';--> statement-breakpoint
UPDATE "rooms" SET "created_by" = NULL WHERE "created_by" IN (SELECT "id" FROM "users" WHERE "deleted_at" IS NOT NULL);--> statement-breakpoint
UPDATE "users" SET "direct_from" = 'everyone' WHERE "deleted_at" IS NOT NULL;--> statement-breakpoint
UPDATE "members" SET "notify" = 'all' WHERE "user_id" IN (SELECT "id" FROM "users" WHERE "deleted_at" IS NOT NULL);--> statement-breakpoint
UPDATE "webhooks" SET "revoked_at" = now() WHERE "revoked_at" IS NULL AND "created_by" IN (SELECT "id" FROM "users" WHERE "deleted_at" IS NOT NULL);--> statement-breakpoint
DELETE FROM "invites" WHERE "created_by" IN (SELECT "id" FROM "users" WHERE "deleted_at" IS NOT NULL);--> statement-breakpoint
DELETE FROM "tokens" WHERE "session_id" IN (SELECT "sessions"."id" FROM "sessions" JOIN "users" ON "users"."id" = "user_id" WHERE "deleted_at" IS NOT NULL);--> statement-breakpoint
DELETE FROM "sessions" WHERE "user_id" IN (SELECT "id" FROM "users" WHERE "deleted_at" IS NOT NULL);
