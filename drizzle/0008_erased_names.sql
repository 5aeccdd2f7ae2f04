CREATE UNIQUE INDEX "users_name_once" ON "users" USING btree ((case when "username" like 'erased:%' then "username"
    else 'erased:' || encode(sha256(decode("username", 'escape')), 'hex') end));--> statement-breakpoint
UPDATE "users" SET "username" = 'erased:' || encode(sha256(decode("username", 'escape')), 'hex') WHERE "deleted_at" IS NOT NULL;
