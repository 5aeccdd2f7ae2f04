CREATE TABLE "link_previews" (
	"id" text PRIMARY KEY NOT NULL,
	"hash" text,
	"state" text NOT NULL,
	"sealed" text DEFAULT '' NOT NULL,
	"picture" text,
	"at" timestamp (3) with time zone NOT NULL,
	"tries" integer DEFAULT 0 NOT NULL,
	"node" text,
	"node_until" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "message_previews" (
	"room_key" integer NOT NULL,
	"seq" bigint NOT NULL,
	"preview_id" text NOT NULL,
	"place" smallint NOT NULL,
	"removed" boolean DEFAULT false NOT NULL,
	CONSTRAINT "message_previews_pkey" PRIMARY KEY("room_key","seq","preview_id")
);
--> statement-breakpoint
CREATE UNIQUE INDEX "link_previews_hash" ON "link_previews" USING btree ("hash");--> statement-breakpoint
CREATE INDEX "link_previews_wanted" ON "link_previews" USING btree ("id") WHERE "link_previews"."state" = 'wanted';--> statement-breakpoint
CREATE INDEX "message_previews_preview" ON "message_previews" USING btree ("preview_id");