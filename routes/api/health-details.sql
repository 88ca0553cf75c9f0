SELECT org_id AS org, entity, lacking FROM detail_progress
