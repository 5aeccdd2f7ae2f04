CREATE TABLE "saved_messages" (
	"user_id" uuid NOT NULL,
	"room_key" integer NOT NULL,
	"seq" bigint NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "saved_messages_pkey" PRIMARY KEY("room_key","seq","user_id")
);
--> statement-breakpoint
CREATE INDEX "saved_messages_user" ON "saved_messages" USING btree ("user_id","at");