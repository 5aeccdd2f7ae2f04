CREATE TABLE "silences" (
	"room_key" integer NOT NULL,
	"user_id" uuid NOT NULL,
	"until" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "silences_pkey" PRIMARY KEY("room_key","user_id")
);
--> statement-breakpoint
ALTER TABLE "silences" ADD CONSTRAINT "silences_room_key_rooms_key_fk" FOREIGN KEY ("room_key") REFERENCES "public"."rooms"("key") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "silences" ADD CONSTRAINT "silences_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
INSERT INTO "silences" SELECT "room_key", "user_id", "silenced_until" FROM "members" WHERE "silenced_until" > now();--> statement-breakpoint
ALTER TABLE "members" DROP COLUMN "silenced_until";