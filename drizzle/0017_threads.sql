ALTER TABLE "log" ADD COLUMN "thread_seq" bigint;--> statement-breakpoint
CREATE INDEX "log_threads" ON "log" USING btree ("room_key","thread_seq","seq") WHERE "log"."thread_seq" is not null;--> statement-breakpoint
CREATE INDEX "log_unthreaded" ON "log" USING btree ("room_key","seq") WHERE "log"."reply_to" is not null and "log"."thread_seq" is null;