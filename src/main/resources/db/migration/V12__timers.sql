-- A timer whose replica died while it fired is fired again by another; and Camel finds the route of such a job by its name,
-- also for the triggers that single organisations have beside the route's own.
UPDATE qrtz_job_details SET requests_recovery = true WHERE job_group = 'pull';
