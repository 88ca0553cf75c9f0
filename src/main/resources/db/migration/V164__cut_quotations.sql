-- What an error quotes is hidden from a viewer also where the last quotation is cut off.
-- R__personal.sql 65753170a178665c

-- The comment of push_settle.
-- R__push_settle.sql befd645d1cad716f
