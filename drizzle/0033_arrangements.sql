CREATE TABLE "arrangements" (
	"user_id" uuid PRIMARY KEY NOT NULL,
	"list_order" text DEFAULT 'title' NOT NULL,
	"sealed" text NOT NULL
);
--> statement-breakpoint
ALTER TABLE "members" ADD COLUMN "section" uuid;