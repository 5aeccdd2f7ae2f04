CREATE TABLE "mentions" (
	"user_id" uuid NOT NULL,
	"room_key" integer NOT NULL,
	"seq" bigint NOT NULL,
	"kind" text NOT NULL,
	"actor_id" uuid NOT NULL,
	"place" bigint NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "mentions_pkey" PRIMARY KEY("user_id","room_key","seq","kind","actor_id")
);
--> statement-breakpoint
ALTER TABLE "members" ADD COLUMN "muted_until" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "members" ADD COLUMN "seen_seq" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "rooms" ADD COLUMN "mention_everybody" text DEFAULT 'members' NOT NULL;--> statement-breakpoint
CREATE INDEX "mentions_message" ON "mentions" USING btree ("room_key","seq");--> statement-breakpoint
CREATE INDEX "mentions_newest" ON "mentions" USING btree ("user_id","at");