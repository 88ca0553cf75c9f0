-- Push: what must be right in Zoho before a target is switched on.

-- The reason why a target cannot be switched on yet; null: it can. p_mapping is the digest of its present declaration and SQL file.
CREATE OR REPLACE FUNCTION push_not_ready_because(p_org text, p_target text, p_mapping text) RETURNS text
    LANGUAGE sql STABLE AS
$$
    SELECT CASE WHEN t.planned_run IS NULL AND t.mapping IS NULL
                THEN format('There is no plan of %s for organisation %s. POST %s makes one, and writes nothing to Zoho', p_target, p_org,
                            push_address(p_org, '/api/push/' || p_target, 'dryRun=true'))
                WHEN t.mapping IS DISTINCT FROM p_mapping
                THEN format('The declaration or the SQL file of %s has changed since run %s planned it. POST %s makes a plan of the present ones',
                            p_target, t.planned_run, push_address(p_org, '/api/push/' || p_target, 'dryRun=true'))
                ELSE t.check_error END
      FROM (SELECT) one LEFT JOIN push_targets t ON t.org_id = p_org AND t.target = p_target
$$;

-- Stores whether the field by which a create finds its record refuses duplicates in this account, and whether the account has several currencies. p_answer is Zoho
-- CRM's list of fields.
CREATE OR REPLACE FUNCTION push_check_unique(p_org text, p_target text, p_field text, p_answer jsonb) RETURNS text
    LANGUAGE sql AS
$$
    UPDATE organisations o SET push = o.push || jsonb_build_object('crmCurrencies', c.several)
      FROM (SELECT jsonb_path_exists(p_answer, '$.fields[*] ? (@.api_name == "Currency")') AS several) c
     WHERE o.org_id = p_org AND p_field LIKE 'Products.%' AND o.push -> 'crmCurrencies' IS DISTINCT FROM to_jsonb(c.several);
    INSERT INTO push_targets AS t (org_id, target, checked_at, check_error)
    SELECT p_org, p_target, clock_timestamp(),
           CASE WHEN f.field IS NULL THEN format('Zoho CRM has no field %s in %s that this connection''s user may see', n.name, n.module)
                WHEN coalesce(f.field -> 'unique', '{}') IN ('{}', 'null', 'false')
                THEN format('%s takes duplicates, so Zoho CRM cannot find a record by it. In Zoho CRM: Setup > Customization > Modules and Fields > %s > %s > '
                            'Edit properties > Do not allow duplicate values. Then make a plan again', p_field, n.module, n.name) END
      FROM (SELECT split_part(p_field, '.', 1) AS module, split_part(p_field, '.', 2) AS name) n
      LEFT JOIN LATERAL (SELECT e AS field FROM jsonb_array_elements(p_answer -> 'fields') e WHERE e ->> 'api_name' = n.name LIMIT 1) f ON true
        ON CONFLICT (org_id, target) DO UPDATE SET checked_at = EXCLUDED.checked_at, check_error = EXCLUDED.check_error, updated_at = clock_timestamp()
    RETURNING t.check_error
$$;

-- Stores whether the organisation's field of own references in Zoho Books refuses duplicates, and the id of the field. p_answer is Books' list of custom fields,
-- {} if it cannot be read. p_entity is the kind of document. error: the target cannot be written like this. note: Books does not say, so a person must look.
CREATE OR REPLACE FUNCTION push_check_reference(p_org text, p_target text, p_entity text, p_field text, p_answer jsonb, OUT error text, OUT note text)
    LANGUAGE plpgsql AS
$$
DECLARE
    v_list  jsonb := CASE jsonb_typeof(p_answer -> 'customfields') WHEN 'object' THEN p_answer -> 'customfields' -> p_entity ELSE p_answer -> 'customfields' END;
    v_field jsonb := (SELECT e FROM jsonb_array_elements(CASE jsonb_typeof(v_list) WHEN 'array' THEN v_list ELSE '[]' END) e WHERE e ->> 'api_name' = p_field LIMIT 1);
    v_menu  text := format('In Zoho Books: Settings, the settings of each kind of document, Field Customization, the field %s, Prevent Duplicate Values', p_field);
BEGIN
    IF v_field ->> 'customfield_id' IS NOT NULL THEN
        UPDATE organisations o
           SET push = o.push || jsonb_build_object('customFields', coalesce(o.push -> 'customFields', '{}') || jsonb_build_object(p_entity, v_field -> 'customfield_id'))
         WHERE o.org_id = p_org AND o.push #> ARRAY['customFields', p_entity] IS DISTINCT FROM v_field -> 'customfield_id';
    END IF;
    IF v_field IS NULL AND jsonb_typeof(v_list) = 'array' AND v_list <> '[]' THEN
        error := format('Zoho Books has no custom field %s for documents of the kind %s. Make one that takes no duplicates, then make a plan again', p_field, p_entity);
    ELSIF v_field ->> 'is_unique' = 'false' THEN
        error := format('%s takes duplicates in documents of the kind %s, so Zoho Books cannot find its own document by it. %s. Then make a plan again', p_field, p_entity, v_menu);
    ELSIF v_field ->> 'is_unique' IS DISTINCT FROM 'true'
          AND NOT EXISTS (SELECT FROM organisations o WHERE o.org_id = p_org AND o.push ->> 'uniqueFieldProved' = p_field) THEN
        note := format('Zoho Books does not say whether %s takes duplicates in documents of the kind %s; where it does, a repeated call makes a second document. A person looks once. %s. '
                       || 'PATCH /api/organisations/%s with {"push":{"uniqueFieldProved":"%s"}} keeps what the person saw', p_field, p_entity, v_menu, p_org, p_field);
    END IF;
    INSERT INTO push_targets AS t (org_id, target, checked_at, check_error, check_note)
    VALUES (p_org, p_target, clock_timestamp(), error, note)
        ON CONFLICT (org_id, target) DO UPDATE
       SET checked_at = EXCLUDED.checked_at, check_error = EXCLUDED.check_error, check_note = EXCLUDED.check_note, updated_at = clock_timestamp();
END
$$;
