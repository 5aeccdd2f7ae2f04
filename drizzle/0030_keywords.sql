CREATE TABLE "keywords" (
	"user_id" uuid NOT NULL,
	"hash" uuid NOT NULL,
	"sealed" text NOT NULL,
	"since" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "keywords_pkey" PRIMARY KEY("user_id","hash")
);
--> statement-breakpoint
CREATE INDEX "keywords_hash" ON "keywords" USING btree ("hash");