CREATE TABLE "findings" (
	"what" text NOT NULL,
	"room_key" integer NOT NULL,
	"seq" bigint NOT NULL,
	"room" text NOT NULL,
	"by" text NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"accepted" boolean NOT NULL,
	"mark" text NOT NULL,
	CONSTRAINT "findings_pkey" PRIMARY KEY("what","room_key","seq")
);
