ALTER TABLE "mail_settings" ADD COLUMN "missed" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "mail_settings" ADD COLUMN "missed_until" timestamp (3) with time zone;