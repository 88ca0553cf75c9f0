-- Why a run read no further without proof that it met all records of the list; null: it met them. Such a run ends partial, its
-- watermark stays, and it proposes no deletes.
ALTER TABLE sync_runs ADD unproved text;
