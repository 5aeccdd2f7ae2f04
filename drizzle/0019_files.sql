CREATE TABLE "files" (
	"id" text PRIMARY KEY NOT NULL,
	"room_key" integer,
	"user_id" uuid NOT NULL,
	"client_id" text,
	"purpose" text NOT NULL,
	"state" text NOT NULL,
	"bytes" bigint NOT NULL,
	"sealed" text DEFAULT '' NOT NULL,
	"seq" bigint,
	"created_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "files" ADD CONSTRAINT "files_room_key_rooms_key_fk" FOREIGN KEY ("room_key") REFERENCES "public"."rooms"("key") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "files" ADD CONSTRAINT "files_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "files_user" ON "files" USING btree ("user_id") WHERE "files"."state" <> 'removed';--> statement-breakpoint
CREATE UNIQUE INDEX "files_client" ON "files" USING btree ("user_id","client_id") WHERE "files"."client_id" is not null and "files"."state" = 'ready';--> statement-breakpoint
CREATE INDEX "files_message" ON "files" USING btree ("room_key","seq") WHERE "files"."seq" is not null;--> statement-breakpoint
CREATE INDEX "files_removed" ON "files" USING btree ("id") WHERE "files"."state" = 'removed';--> statement-breakpoint
CREATE INDEX "files_loose" ON "files" USING btree ("created_at") WHERE "files"."seq" is null;