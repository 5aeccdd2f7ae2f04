CREATE TABLE "thread_follows" (
	"user_id" uuid NOT NULL,
	"room_key" integer NOT NULL,
	"seq" bigint NOT NULL,
	"read_seq" bigint DEFAULT 0 NOT NULL,
	"following" boolean DEFAULT true NOT NULL,
	CONSTRAINT "thread_follows_pkey" PRIMARY KEY("room_key","seq","user_id")
);
--> statement-breakpoint
CREATE INDEX "thread_follows_user" ON "thread_follows" USING btree ("user_id");