SELECT org_id AS org, entity, missed FROM webhooks_of_a_day
