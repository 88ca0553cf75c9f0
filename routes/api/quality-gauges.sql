SELECT org_id AS org, entity, measure, count, share FROM data_quality_now
