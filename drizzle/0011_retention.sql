ALTER TABLE "rooms" ADD COLUMN "retention_days" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "rooms" ADD COLUMN "expired_seq" bigint DEFAULT 0 NOT NULL;