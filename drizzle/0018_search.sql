CREATE TABLE "search_positions" (
	"room_key" integer PRIMARY KEY NOT NULL,
	"seq" bigint NOT NULL,
	"filling" bigint NOT NULL,
	"key_id" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "search_words" (
	"room_key" integer NOT NULL,
	"seq" bigint NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"terms" integer[] NOT NULL,
	CONSTRAINT "search_words_pkey" PRIMARY KEY("room_key","seq")
);
--> statement-breakpoint
CREATE INDEX "search_words_at" ON "search_words" USING btree ("at");--> statement-breakpoint
CREATE INDEX "search_words_terms" ON "search_words" USING gin ("terms") WITH (gin_pending_list_limit=512);