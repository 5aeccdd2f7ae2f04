ALTER TABLE "log" ADD COLUMN "link" uuid;--> statement-breakpoint
ALTER TABLE "log" ADD COLUMN "standing" uuid;--> statement-breakpoint
CREATE INDEX "log_marks" ON "log" USING btree ("room_key","target","seq") WHERE "log"."kind" in (2, 3, 6, 7);